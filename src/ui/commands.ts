import * as vscode from 'vscode';
import { isJobError } from '../jobs/errors.ts';
import type { Starter } from '../runner/records.ts';
import { COMMANDS } from './ids.ts';
import type { JobNode } from './job-tree.ts';
import type { ManagerSource } from './manager-source.ts';
import type { OutputChannels } from './output-channels.ts';
import { pickJob } from './pick-job.ts';

const PERSON: Starter = { kind: 'person' };

/** The commands of rows and palette. Called from the palette, each lets the user pick a job. */
export function registerCommands(jobs: ManagerSource, outputs: OutputChannels): vscode.Disposable {
  const register = (command: string, run: (node?: JobNode) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, (node?: JobNode) => run(node).catch(report));
  return vscode.Disposable.from(
    register(COMMANDS.run, async () => {
      const command = await vscode.window.showInputBox({
        title: vscode.l10n.t('Run Command in Background'),
        placeHolder: 'npm run dev',
        ignoreFocusOut: true,
      });
      if (command === undefined) return;
      const { job } = await jobs.get().start({ command, startedBy: PERSON });
      if (job.error !== undefined) throw new Error(job.error);
      outputs.show(job.id);
    }),
    register(COMMANDS.showOutput, async (node) => {
      const job = await pickJob(jobs.get(), node, { onlyRunning: false });
      if (job !== undefined) outputs.show(job.id);
    }),
    register(COMMANDS.sendInput, async (node) => {
      const job = await pickJob(jobs.get(), node, { onlyRunning: true });
      if (job === undefined) return;
      const input = await vscode.window.showInputBox({
        title: vscode.l10n.t('Send Input'),
        prompt: vscode.l10n.t('One line for the standard input of the job'),
        ignoreFocusOut: true,
      });
      if (input !== undefined) await jobs.get().write(job.id, `${input}\n`, false);
    }),
    register(COMMANDS.kill, async (node) => {
      const job = await pickJob(jobs.get(), node, { onlyRunning: true });
      if (job === undefined) return;
      const { survivors } = await jobs.get().kill(job.id, 'person');
      if (survivors.length > 0) {
        const pids = survivors.map(({ pid }) => pid).join(', ');
        throw new Error(vscode.l10n.t('These processes could not be ended: {0}', pids));
      }
    }),
    register(COMMANDS.restart, async (node) => {
      const job = await pickJob(jobs.get(), node, { onlyRunning: false });
      if (job === undefined) return;
      const { id, error } = await jobs.get().restart(job.id, PERSON);
      if (error !== undefined) throw new Error(error);
      outputs.show(id);
    }),
  );
}

/** Nothing that goes wrong with a job ends the extension: it is told to whoever asked. */
function report(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  void vscode.window.showErrorMessage(
    isJobError(error) ? text : `${vscode.l10n.t('Background Jobs')}: ${text}`,
  );
}
