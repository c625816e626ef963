import * as vscode from 'vscode';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { printable } from '../format/printable.ts';

/** How much of the output of a job a message has. */
const MAX_LINES = 20;
const MAX_BYTES = 2000;

/** Opens the chat with a prepared message. The user decides whether to send it. */
export function openChat(query: string): void {
  void vscode.commands.executeCommand('workbench.action.chat.open', { query, isPartialQuery: true });
}

/** Returns the last lines of a job for a message to the chat, as a code block. Empty if it has printed nothing. */
export function lastLines(manager: JobManager, { id }: JobRecord): string {
  const { text } = manager.logs.readTail(id, { lines: MAX_LINES, maxBytes: MAX_BYTES });
  const lines = printable(manager.secrets.mask(text)).trimEnd();
  if (lines === '') return '';
  // A fence is longer than any in the output.
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `\n${fence}text\n${lines}\n${fence}`;
}
