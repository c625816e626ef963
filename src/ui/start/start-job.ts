import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { JobOutput } from '../output/job-output.ts';
import type { ManagerSource } from '../manager-source.ts';
import { PERSON } from '../person-starter.ts';
import { messageText } from '../format/printable.ts';
import { CommandHistory, type HistoryEntry, type Memory } from './command-history.ts';

/** What the commands that start a job are given. */
export interface StartParts {
  readonly jobs: ManagerSource;
  readonly outputs: Pick<JobOutput, 'show'>;
  /** Of this workspace. */
  readonly memory: Memory;
}

export interface PersonsJob extends HistoryEntry {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whether the command holds what was typed hidden. */
  readonly isSecret?: boolean;
}

/**
 * Starts a job for a person and shows its output. All that people start goes through here.
 *
 * @throws JobError when it is refused; Error when it cannot start
 */
export async function startJob({ jobs, outputs, memory }: StartParts, request: PersonsJob): Promise<void> {
  const { command, cwd, env } = request;
  const manager = await jobs.load();
  await manager.jobs.ready();
  const holder = manager.jobs.running().find(({ name }) => name !== undefined && name === request.name);
  const isSame =
    holder?.command === command && holder.cwd === cwd && isDeepStrictEqual(holder.env, env ?? {});
  // The name is a convenience that nobody typed: it must not be why a job is refused.
  const name = holder === undefined || isSame ? request.name : undefined;
  // Before the start, so that what is refused need not be typed again. Without the command's own environment, which
  // may hold secrets, it would not be the same.
  const isWhole = env === undefined || Object.keys(env).length === 0;
  if (isWhole && request.isSecret !== true) await new CommandHistory(memory).add(request);
  const { job, isExisting } = await manager.start({ command, cwd, name, env, startedBy: PERSON });
  if (job.error !== undefined) throw new Error(job.error);
  if (isExisting) {
    void vscode.window.showInformationMessage(
      messageText(vscode.l10n.t('{0} is running already.', name ?? command)),
    );
  }
  outputs.show(job.id, { preserveFocus: false });
}
