import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import { asksForSecret } from '../../jobs/input/input-wait.ts';
import { COMMANDS } from '../contributions.ts';
import { messageText, printable } from '../format/printable.ts';
import { PERSON } from '../person-starter.ts';
import type { CommandContext, Commands } from './command.ts';

const MAX_LABEL_LENGTH = 40;
const MAX_QUESTION_LENGTH = 200;

/** Commands that act on running jobs. */
export function controlCommands({ jobs, outputs, choose, ignoreSecondClick }: CommandContext) {
  const kill = async (ids: readonly string[]): Promise<void> => {
    const results = await Promise.all(ids.map((id) => jobs.get().kill(id, 'person')));
    const survivors = results.flatMap((result) => result.survivors);
    if (survivors.length === 0) return;
    const pids = survivors.map(({ pid }) => pid).join(', ');
    throw new Error(vscode.l10n.t('These processes could not be stopped: {0}', pids));
  };
  const sendLine = async (id: string, isHidden: boolean, question = ''): Promise<void> => {
    const { name, command } = jobs.get().jobs.get(id);
    const label = printable(shorten(name ?? command, MAX_LABEL_LENGTH));
    const input = await vscode.window.showInputBox({
      title: isHidden
        ? vscode.l10n.t('Send Hidden Input to {0}', label)
        : vscode.l10n.t('Send Input to {0}', label),
      prompt:
        question === ''
          ? isHidden
            ? vscode.l10n.t(
                'A line for the standard input of "{0}". It stays hidden while you type.',
                messageText(label),
              )
            : vscode.l10n.t(
                'A line for the standard input of "{0}". It is shown as you type.',
                messageText(label),
              )
          : messageText(shorten(question, MAX_QUESTION_LENGTH)),
      password: isHidden,
      ignoreFocusOut: true,
    });
    if (input === undefined) return;
    if (isHidden) await jobs.get().input.writeHidden(id, input);
    else await jobs.get().input.write(id, `${input}\n`, false, 'person');
  };
  return {
    [COMMANDS.sendInput]: async (...given) => {
      const [job] = await choose(given, 'running');
      if (job !== undefined) await sendLine(job.id, false);
    },
    [COMMANDS.answer]: async (...given) => {
      const [job] = await choose(given, 'running');
      if (job === undefined) return;
      const manager = jobs.get();
      const question = manager.logs.lastLine(job.id);
      const input = await manager.input.waitsForInput(job.id, { whilePrinting: true });
      const isSecret = asksForSecret(question) || input === 'hidden';
      await sendLine(job.id, isSecret, question.text.trim());
    },
    [COMMANDS.sendHiddenInput]: async (...given) => {
      const [job] = await choose(given, 'running');
      if (job !== undefined) await sendLine(job.id, true);
    },
    [COMMANDS.interrupt]: async (...given) => {
      for (const { id } of await choose(given, 'running'))
        await jobs.get().input.signal(id, 'SIGINT', 'person');
    },
    [COMMANDS.endInput]: async (...given) => {
      for (const { id } of await choose(given, 'running'))
        await jobs.get().input.write(id, '', true, 'person');
    },
    [COMMANDS.kill]: ignoreSecondClick(async (...given) => {
      await kill((await choose(given, 'living')).map(({ id }) => id));
    }),
    [COMMANDS.killAll]: async () => {
      const manager = await jobs.load();
      await manager.jobs.ready();
      const running = manager.jobs.running();
      // The newest first, since each may wait for older ones. Otherwise the end of one would start the next.
      const queued = manager.jobs.queued().reverse();
      if (running.length + queued.length === 0) {
        void vscode.window.showInformationMessage(vscode.l10n.t('No background job is running.'));
        return;
      }
      const button = vscode.l10n.t('Kill All');
      const answer = await vscode.window.showWarningMessage(
        running.length + queued.length === 1
          ? vscode.l10n.t('Kill the background job and all its processes?')
          : vscode.l10n.t(
              'Kill {0} background jobs and all their processes?',
              running.length + queued.length,
            ),
        { modal: true },
        button,
      );
      if (answer === button) await kill([...queued, ...running].map(({ id }) => id));
    },
    [COMMANDS.restart]: ignoreSecondClick(async (...given) => {
      for (const job of await choose(given)) {
        const { job: restarted } = await jobs.get().restart(job.id, PERSON);
        if (restarted.error !== undefined) throw new Error(restarted.error);
        await outputs.show(restarted.id, { preserveFocus: given[0] !== undefined, isNew: true });
      }
    }),
  } satisfies Commands;
}
