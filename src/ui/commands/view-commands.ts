import * as vscode from 'vscode';
import type { JobRecord } from '../../protocol/job-record.ts';
import { COMMANDS, type OutputView } from '../contributions.ts';
import { logText } from '../output/log-document.ts';
import { findAddresses } from '../tree/job-addresses.ts';
import type { CommandContext, CommandHandler, Commands } from './command.ts';

/** Maximum size of output copied to the clipboard. */
const MAX_COPIED_BYTES = 4 * 1024 * 1024;
/** How long a message stays in the status bar. */
const STATUS_MESSAGE_MS = 3000;

/** Commands that show or copy something of a job. */
export function viewCommands({ jobs, outputs, logs, detailsPage, report, choose }: CommandContext) {
  const copy = async (text: string, message: string): Promise<void> => {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(message, STATUS_MESSAGE_MS);
  };
  const copyOf = (message: string, textOf: (job: JobRecord) => Promise<string>): CommandHandler => {
    return async (...given) => {
      const chosen = await choose(given);
      if (chosen.length > 0) await copy((await Promise.all(chosen.map(textOf))).join('\n'), message);
    };
  };
  const showIn = (view?: OutputView): CommandHandler => {
    return async (...given) => {
      // After a click on a row the focus stays there, so that the arrow keys move to the next row.
      const preserveFocus = given[0] !== undefined && view === undefined;
      for (const { id } of await choose(given))
        await outputs.show(id, { ...(view && { view }), preserveFocus });
    };
  };
  return {
    [COMMANDS.showOutput]: showIn(),
    [COMMANDS.showOutputInChannel]: showIn('output'),
    [COMMANDS.showOutputInTerminal]: showIn('terminal'),
    [COMMANDS.showDetails]: async (...given) => {
      const [job] = await choose(given);
      if (job === undefined) return;
      const { showDetails } = await import('../details/details-panel.ts');
      await showDetails(job, { manager: jobs.get(), page: detailsPage, report });
    },
    [COMMANDS.openLog]: async (...given) => {
      for (const job of await choose(given)) {
        await logs.open(job);
      }
    },
    [COMMANDS.revealLog]: async (...given) => {
      const [job] = await choose(given);
      if (job === undefined) return;
      const folder = jobs.get().logs.folder(job.id);
      // In a browser and on a remote machine there is no file manager to open.
      if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
        await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
      } else await copy(folder, vscode.l10n.t('Copied {0}', folder));
    },
    [COMMANDS.copyCommand]: copyOf(vscode.l10n.t('Copied the command'), async ({ command }) => command),
    [COMMANDS.copyId]: copyOf(vscode.l10n.t('Copied the ID'), async ({ id }) => id),
    [COMMANDS.copyOutput]: copyOf(vscode.l10n.t('Copied the output'), ({ id }) =>
      logText(jobs.get(), id, MAX_COPIED_BYTES),
    ),
    [COMMANDS.openInBrowser]: async (...given) => {
      const [job] = await choose(given, 'running');
      if (job === undefined) return;
      const addresses = await findAddresses(jobs.get(), job.id);
      if (addresses.length === 0) {
        throw new Error(
          vscode.l10n.t('The job is not listening on a port yet and has not printed a local address.'),
        );
      }
      const [only, ...others] = addresses;
      const address =
        others.length === 0
          ? only
          : await vscode.window.showQuickPick(addresses, { placeHolder: vscode.l10n.t('Choose an address') });
      if (address === undefined) return;
      // VS Code forwards the port if it is on a remote machine.
      await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(address)));
    },
  } satisfies Commands;
}
