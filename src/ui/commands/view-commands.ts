import * as vscode from 'vscode';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { CommandContext, Commands } from './command.ts';
import { COMMANDS, type OutputView } from '../contributions.ts';
import { findAddresses } from '../tree/job-addresses.ts';
import { logText } from '../output/log-document.ts';

/** Bytes of text that go to the clipboard at most. */
const MAX_COPY = 4 * 1024 * 1024;

/** What shows something of jobs. */
export function lookCommands({ jobs, outputs, logs, choose }: CommandContext): Commands {
  const copy = async (text: string, what: string): Promise<void> => {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', what), 3000);
  };
  const copyOf = (what: string, textOf: (job: JobRecord) => Promise<string>): Commands[string] => {
    return async (...given) => {
      const chosen = await choose(given);
      if (chosen.length > 0) await copy((await Promise.all(chosen.map(textOf))).join('\n'), what);
    };
  };
  const showIn = (view?: OutputView): Commands[string] => {
    return async (...given) => {
      // A row that was clicked keeps the keyboard: one goes on to the next with it.
      const preserveFocus = given[0] !== undefined && view === undefined;
      for (const { id } of await choose(given)) outputs.show(id, { ...(view && { view }), preserveFocus });
    };
  };
  return {
    [COMMANDS.showOutput]: showIn(),
    [COMMANDS.showOutputInChannel]: showIn('output'),
    [COMMANDS.showOutputInTerminal]: showIn('terminal'),
    [COMMANDS.openLog]: async (...given) => {
      for (const job of await choose(given)) {
        await logs.open(job);
      }
    },
    [COMMANDS.revealLog]: async (...given) => {
      const [job] = await choose(given);
      if (job === undefined) return;
      const folder = jobs.get().logs.folder(job.id);
      // Where VS Code runs in a browser there is no window of the system to show it in.
      if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
        await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
      } else await copy(folder, folder);
    },
    [COMMANDS.copyCommand]: copyOf(vscode.l10n.t('the command'), async ({ command }) => command),
    [COMMANDS.copyId]: copyOf(vscode.l10n.t('the id'), async ({ id }) => id),
    [COMMANDS.copyOutput]: copyOf(vscode.l10n.t('the output'), ({ id }) => logText(jobs.get(), id, MAX_COPY)),
    [COMMANDS.openInBrowser]: async (...given) => {
      const [job] = await choose(given, 'running');
      if (job === undefined) return;
      const addresses = await findAddresses(jobs.get(), job.id);
      if (addresses.length === 0) {
        throw new Error(
          vscode.l10n.t('The job listens on no port yet, and has printed no address of this machine.'),
        );
      }
      const [only, ...others] = addresses;
      const address =
        others.length === 0
          ? only
          : await vscode.window.showQuickPick(addresses, { placeHolder: vscode.l10n.t('Choose an address') });
      if (address === undefined) return;
      // On a remote machine the port is forwarded.
      await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(address)));
    },
  };
}
