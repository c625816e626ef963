import * as vscode from 'vscode';
import { MAX_NAME_LENGTH } from '../../jobs/start/start-request.ts';
import { isFinished } from '../../protocol/job-record.ts';
import { COMMANDS } from '../contributions.ts';
import type { CommandContext, Commands } from './command.ts';
import { hasStatus } from './job-picker.ts';

/** Commands that change the list of jobs. */
export function cleanupCommands({ jobs, tree, choose, ignoreSecondClick }: CommandContext) {
  return {
    [COMMANDS.rename]: async (...given) => {
      const [job] = await choose(given);
      if (job === undefined) return;
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t('Rename Job'),
        prompt: vscode.l10n.t('A short name for the job. Leave it empty for no name.'),
        value: job.name ?? '',
        ignoreFocusOut: true,
        validateInput: (text) =>
          text.trim().length > MAX_NAME_LENGTH
            ? vscode.l10n.t('At most {0} characters', MAX_NAME_LENGTH)
            : undefined,
      });
      if (name !== undefined) await jobs.get().rename(job.id, name);
    },
    [COMMANDS.remove]: ignoreSecondClick(async (...given) => {
      for (const { id } of await choose(given, 'finished')) await jobs.get().jobs.removeFinished(id);
    }),
    [COMMANDS.clearFinished]: async () => {
      const manager = await jobs.load();
      await manager.jobs.ready();
      // Jobs that the filter hides are kept.
      const finished = manager.jobs.list().filter((job) => isFinished(job) && tree.matchesFilter(job));
      // Jobs with processes left behind are kept, since these can be killed only while the job is listed.
      for (const { id } of finished.filter((job) => !hasStatus(job, 'living')))
        await manager.jobs.removeFinished(id);
    },
    [COMMANDS.filter]: async () => {
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t('Filter Jobs'),
        prompt: vscode.l10n.t('Part of a name or command. Leave it empty to show all jobs.'),
        value: tree.filter,
      });
      if (text !== undefined) tree.filter = text;
    },
    [COMMANDS.clearFilter]: async () => {
      tree.filter = '';
    },
  } satisfies Commands;
}
