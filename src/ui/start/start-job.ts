import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { messageText } from '../format/printable.ts';
import type { ManagerSource } from '../manager-source.ts';
import type { Memory } from '../memory.ts';
import type { JobOutput } from '../output/job-output.ts';
import { PERSON } from '../person-starter.ts';
import { CommandHistory, type HistoryEntry } from './command-history.ts';
import { chooseTerminal } from './terminal-choice.ts';

/** The parts of the extension that commands use to start a job. */
export interface StartParts {
  readonly jobs: ManagerSource;
  readonly outputs: Pick<JobOutput, 'show'>;
  /** The storage of this workspace. */
  readonly memory: Memory;
}

interface UserJob extends HistoryEntry {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whether the command contains hidden input. */
  readonly isSecret?: boolean;
}

/**
 * Starts a job for the user and shows its output. Every command that starts a job calls this.
 *
 * @throws JobError if the start is refused; Error if the job cannot start
 */
export async function startJob({ jobs, outputs, memory }: StartParts, request: UserJob): Promise<void> {
  const { command, cwd, env } = request;
  const manager = await jobs.load();
  await manager.jobs.ready();
  const holder = manager.jobs.active().find(({ name }) => name !== undefined && name === request.name);
  const isSame =
    holder?.command === command && holder.cwd === cwd && isDeepStrictEqual(holder.env, env ?? {});
  // The user did not choose the name, so a job must not be refused because of it.
  const name = holder === undefined || isSame ? request.name : undefined;
  // Added before the start, so that a refused command does not have to be typed again. Commands with an environment
  // are not added: it may contain secrets, and without it the command is not the same.
  const isComplete = env === undefined || Object.keys(env).length === 0;
  if (isComplete && request.isSecret !== true) await new CommandHistory(memory).add(request);
  const { job, isExisting } = await manager.start({
    ...{ command, cwd, name, env, startedBy: PERSON },
    terminal: chooseTerminal(memory),
  });
  if (job.error !== undefined) throw new Error(job.error);
  if (isExisting) {
    void vscode.window.showInformationMessage(
      messageText(vscode.l10n.t('{0} is already running.', name ?? command)),
    );
  }
  if (job.status === 'queued' && !isExisting) {
    const running = manager.jobs.running().filter(({ runner }) => runner === job.runner).length;
    void vscode.window.showInformationMessage(
      messageText(vscode.l10n.t('{0} is queued, because {1} jobs are running.', name ?? command, running)),
    );
  }
  await outputs.show(job.id, { preserveFocus: false, isNew: !isExisting });
}
