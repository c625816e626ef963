import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { messageOf } from '../../base/error-message.ts';
import { shorten } from '../../base/shorten.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { LOG_SCHEME } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Maximum size of a document. VS Code accepts 50 MB from an extension. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;
/** Bytes read at a time. The event loop runs in between. */
const PAGE_BYTES = 256 * 1024;
const MAX_TITLE_LENGTH = 40;

/** Returns the URI of the document that shows the log of a job. */
function logUri({ id, name, command }: JobRecord): vscode.Uri {
  const title = shorten(name ?? command, MAX_TITLE_LENGTH).replaceAll(/[\\/:*?"<>|]/g, '-');
  return vscode.Uri.from({ scheme: LOG_SCHEME, path: `/${title}.log`, query: id });
}

/** Shows logs as read-only documents. A document has the log as it was when the document was opened. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(LOG_SCHEME, this);
  }

  async open(job: JobRecord): Promise<void> {
    const uri = logUri(job);
    // VS Code keeps a document while it is visible and for minutes after that. This event makes it read the log again.
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    try {
      const manager = await this.#jobs.load();
      await manager.jobs.ready();
      return await logText(manager, query, MAX_DOCUMENT_BYTES);
    } catch (error) {
      throw new Error(messageOf(error), { cause: error });
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

/** Returns the log as shown text, or the end of a long log. @throws JobError for an unknown job */
export async function logText(manager: JobManager, id: string, maxBytes: number): Promise<string> {
  const { start, end } = manager.logs.range(id);
  let cursor = Math.max(start, end - maxBytes);
  const parts: string[] = [];
  if (cursor > 0) parts.push(`${vscode.l10n.t('[{0} earlier bytes are not shown]', cursor)}\n`);
  for (;;) {
    const { text, next } = manager.logs.readText(id, { cursor, maxBytes: PAGE_BYTES });
    parts.push(text);
    if (next === cursor || next >= end) return parts.join('');
    cursor = next;
    await setImmediate();
  }
}
