import * as vscode from 'vscode';
import type { Starter } from '../../runner/records.ts';
import type { CommandContext, Commands } from './command.ts';
import { COMMANDS } from '../ids.ts';

export const PERSON: Starter = { kind: 'person' };

export function startCommands({ jobs, outputs }: CommandContext): Commands {
  return {
    [COMMANDS.run]: async () => {
      const command = await vscode.window.showInputBox({
        title: vscode.l10n.t('Run Command in Background'),
        placeHolder: 'npm run dev',
        ignoreFocusOut: true,
      });
      if (command === undefined) return;
      const { job } = await jobs.get().start({ command, startedBy: PERSON });
      if (job.error !== undefined) throw new Error(job.error);
      outputs.show(job.id, { preserveFocus: false });
    },
  };
}
