import * as vscode from 'vscode';
import { matchEvent, PLAIN_EVENTS } from '../../jobs/watch/watch-events.ts';
import { COMMANDS } from '../contributions.ts';
import { pickWatchEvent } from '../notices/watch-status.ts';
import type { CommandContext, Commands } from './command.ts';

/** Commands for jobs whose events the user wants to hear of. */
export function watchCommands({ jobs, choose }: CommandContext) {
  return {
    [COMMANDS.watch]: async (...given) => {
      for (const { id } of await choose(given, 'active')) jobs.get().watches.watch(id, PLAIN_EVENTS);
    },
    [COMMANDS.watchForLine]: async (...given) => {
      const chosen = await choose(given, 'active');
      if (chosen.length === 0) return;
      const pattern = await vscode.window.showInputBox({
        title: vscode.l10n.t('Watch for a Line'),
        prompt: vscode.l10n.t(
          'A regular expression. You are notified when the job prints a line that matches.',
        ),
        validateInput: patternProblem,
        ignoreFocusOut: true,
      });
      if (pattern === undefined) return;
      for (const { id } of chosen) jobs.get().watches.watch(id, [matchEvent(pattern)]);
    },
    [COMMANDS.unwatch]: async (...given) => {
      for (const { id } of await choose(given, 'active')) jobs.get().watches.watch(id, []);
    },
    [COMMANDS.showWatchEvents]: () => pickWatchEvent(jobs),
  } satisfies Commands;
}

function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return vscode.l10n.t('Enter a regular expression.');
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
