import * as vscode from 'vscode';
import {
  CLIENT_FORMS,
  type ClientForm,
  type Launch,
  NPX_LAUNCH,
  OTHER_CLIENT,
} from './client-configurations.ts';

/** The parts of a configuration. */
export interface ClientParts {
  /** Folder for `--attach` to windows on this workspace. */
  readonly windows: string;
  /** Variable that contains it in terminals. */
  readonly variable: string;
  /** Path of the script that runs the server of the installed version. */
  readonly launcher: string;
  /** The package is in the npm registry, too: the extension comes from a release. */
  readonly isReleased: boolean;
  /** Lets clients find this window. Returns the script that they start. */
  readonly open: () => Promise<string>;
}

interface JobsItem extends vscode.QuickPickItem {
  readonly program: 'launcher' | 'npx';
  readonly args: readonly string[];
  readonly passed: readonly string[];
  /** For clients in a terminal only. */
  readonly inTerminal: boolean;
}

interface ClientItem extends vscode.QuickPickItem {
  readonly form: ClientForm;
}

/** Asks which jobs the client gets and which client it is, and copies its configuration. */
export async function copyMcpConfiguration(parts: ClientParts): Promise<void> {
  const { windows, variable } = parts;
  const title = vscode.l10n.t('Copy MCP Configuration');
  const items: JobsItem[] = [
    {
      label: vscode.l10n.t('Jobs of This Workspace'),
      detail: vscode.l10n.t('The jobs of the sidebar, while a window has this workspace open'),
      program: 'launcher',
      args: [`--attach=${windows}`],
      passed: [],
      inTerminal: false,
    },
    {
      label: vscode.l10n.t('Jobs of the Window in Whose Terminal It Runs'),
      detail: vscode.l10n.t('For a client in the integrated terminal, of whatever workspace'),
      program: 'launcher',
      args: ['--attach'],
      passed: [variable],
      inTerminal: true,
    },
    {
      label: vscode.l10n.t('Jobs of Its Own'),
      detail: vscode.l10n.t('Without a window; they end when the client goes away'),
      program: 'launcher',
      args: [],
      passed: [],
      inTerminal: false,
    },
  ];
  if (parts.isReleased) {
    items.push({
      label: vscode.l10n.t('Jobs of Its Own, with npx'),
      detail: vscode.l10n.t('The same, from npm: works on every machine, without the extension'),
      program: 'npx',
      args: [],
      passed: [],
      inTerminal: false,
    });
  }
  const jobs = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Which jobs should the client start and see?'),
  });
  if (jobs === undefined) return;
  const clients = CLIENT_FORMS.filter((form) => form.inTerminal || !jobs.inTerminal).map(
    (form): ClientItem => ({ label: form.name, description: form.place, form }),
  );
  const other: ClientItem = { label: vscode.l10n.t('Other'), description: 'mcpServers', form: OTHER_CLIENT };
  const client = await vscode.window.showQuickPick([...clients, other], {
    title,
    placeHolder: vscode.l10n.t('For which client?'),
    matchOnDescription: true,
  });
  if (client === undefined) return;
  const launch: Launch =
    jobs.program === 'npx'
      ? NPX_LAUNCH
      : { command: 'node', args: [await parts.open(), ...jobs.args], passed: jobs.passed };
  await vscode.env.clipboard.writeText(client.form.text(launch));
  void vscode.window.showInformationMessage(
    client.form.isCommand === true
      ? vscode.l10n.t(
          'The command is on the clipboard. Run it in a terminal, in the folder of the project. It needs Node 20 or newer as "node".',
        )
      : client === other
        ? vscode.l10n.t('The configuration is on the clipboard. It needs Node 20 or newer as "node".')
        : vscode.l10n.t(
            'The configuration is on the clipboard. Put it into {0}. It needs Node 20 or newer as "node".',
            client.form.place,
          ),
  );
}
