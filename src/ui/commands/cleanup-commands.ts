import * as vscode from 'vscode';
import { MAX_NAME_LENGTH } from '../../jobs/start-request.ts';
import type { CommandContext, Commands } from './command.ts';
import { COMMANDS } from '../contributions.ts';
import { fits } from './job-picker.ts';

/** What keeps the list in order. */
export function tidyCommands({ jobs, tree, choose }: CommandContext): Commands {
  return {
    [COMMANDS.rename]: async (...given) => {
      const [job] = await choose(given);
      if (job === undefined) return;
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t('Rename Job'),
        prompt: vscode.l10n.t('A short name to call the job by; empty for none'),
        value: job.name ?? '',
        ignoreFocusOut: true,
        validateInput: (text) =>
          text.trim().length > MAX_NAME_LENGTH ? vscode.l10n.t('At most {0} characters', MAX_NAME_LENGTH) : undefined,
      });
      if (name !== undefined) await jobs.get().rename(job.id, name);
    },
    [COMMANDS.remove]: async (...given) => {
      for (const { id } of await choose(given, 'finished')) await jobs.get().remove(id);
    },
    [COMMANDS.clearFinished]: async () => {
      const manager = await jobs.load();
      await manager.jobs.ready();
      // Nobody means jobs that the filter hides.
      const finished = manager.jobs.list().filter((job) => job.status !== 'running' && tree.fitsFilter(job));
      // Those with processes left behind stay, since they can be killed only while they are listed.
      for (const { id } of finished.filter((job) => !fits(job, 'living'))) await manager.remove(id);
    },
    [COMMANDS.filter]: async () => {
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t('Filter Jobs'),
        prompt: vscode.l10n.t('Part of a name or a command; empty for all'),
        value: tree.filter,
      });
      if (text !== undefined) tree.filter = text;
    },
    [COMMANDS.clearFilter]: async () => {
      tree.filter = '';
    },
  };
}
