import { readSettings } from '../settings.ts';
import { askForCommand, type Draft } from './command-box.ts';
import { CommandHistory } from './command-history.ts';
import { startJob, type StartParts } from './start-job.ts';
import { chooseFolder, workspaceFolders } from './workspace-folders.ts';

/** Runs a command that the user types or picks from the history. */
export async function runCommand(parts: StartParts): Promise<void> {
  const history = new CommandHistory(parts.memory);
  const { cwd } = readSettings();
  for (let draft: Draft = { text: '' }; ;) {
    const answer = await askForCommand(history, draft, cwd);
    if (answer === undefined) return;
    if (answer.kind === 'entry') return startJob(parts, answer.entry);
    const { text, folder } = answer.draft;
    const isAsked = answer.kind === 'chooseFolder' || (folder === undefined && workspaceFolders().length > 1);
    const chosen = isAsked ? await chooseFolder() : (folder ?? cwd);
    if (answer.kind === 'typed' && chosen !== undefined)
      return startJob(parts, { command: text, cwd: chosen });
    // If the user cancels the choice of a folder, the box opens again with the typed command.
    draft = { text, folder: chosen ?? folder };
  }
}
