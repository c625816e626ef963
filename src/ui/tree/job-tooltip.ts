import * as vscode from 'vscode';
import type { LogRange } from '../../log/read/log-reader.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import { COMMANDS } from '../contributions.ts';
import { describeEnd } from '../format/exit-description.ts';
import { printable } from '../format/printable.ts';
import { jobFacts } from './job-facts.ts';

const MAX_COMMAND_LENGTH = 500;
const MAX_EARLIER_RUNS = 3;

/**
 * Returns all details of a job, with a link to more.
 *
 * @param runs the runs of the same name, newest first
 */
export function jobTooltip(
  job: JobRecord,
  log: LogRange,
  tree: InspectResult,
  runs: readonly JobRecord[],
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(printable(job.command.slice(0, MAX_COMMAND_LENGTH)), 'shellscript');
  for (const [label, value] of jobFacts(job, log, tree)) text.appendText(`${label}: ${value}\n`);
  const earlier = runs.filter((run) => run.startedAt < job.startedAt && isFinished(run));
  for (const run of earlier.slice(0, MAX_EARLIER_RUNS)) {
    text.appendText(`${vscode.l10n.t('Earlier run')}: ${printable(describeEnd(run))}\n`);
  }
  // The text above is escaped, and no other command can be called.
  text.isTrusted = { enabledCommands: [COMMANDS.showDetails] };
  const argument = encodeURIComponent(JSON.stringify([{ id: job.id }]));
  text.appendMarkdown(`\n\n[${vscode.l10n.t('Job Details')}](command:${COMMANDS.showDetails}?${argument})`);
  return text;
}
