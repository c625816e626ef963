import * as vscode from 'vscode';
import type { AskApproval } from '../../jobs/start/job-approvals.ts';
import { messageText, printable } from '../format/printable.ts';
import { starterName } from '../tree/job-row.ts';

/** A notification shows a short command in full, with the reason for the question. A longer one needs a dialog. */
const MAX_SHORT_LENGTH = 150;
const MAX_SHORT_REASON_LENGTH = 200;
const MAX_LENGTH = 5000;

/**
 * Asks the user whether an agent may run a command. The command and the reason are always shown in full, or the question
 * says how much is missing.
 */
export const askApproval: AskApproval = async ({ command, cwd, startedBy, why }) => {
  const allow = vscode.l10n.t('Allow');
  const session = vscode.l10n.t('Allow in This Session');
  const deny = vscode.l10n.t('Deny');
  const agent = starterName(startedBy);
  const isShort =
    command.length <= MAX_SHORT_LENGTH && why.length <= MAX_SHORT_REASON_LENGTH && !command.includes('\n');
  const answer = isShort
    ? await vscode.window.showWarningMessage(
        messageText(vscode.l10n.t('May {0} run this command? {1} ({2})', agent, command, why)),
        allow,
        session,
        deny,
      )
    : await vscode.window.showWarningMessage(
        vscode.l10n.t('May {0} run this command?', agent),
        { modal: true, detail: longText(command, cwd, why) },
        allow,
        session,
      );
  if (answer === session) return 'session';
  return answer === allow ? 'once' : undefined;
};

function longText(command: string, cwd: string, why: string): string {
  return [beginningOf(command), '', printable(cwd), beginningOf(why)].join('\n');
}

function beginningOf(text: string): string {
  const hidden = text.length - MAX_LENGTH;
  const shown = printable(text.slice(0, MAX_LENGTH));
  return hidden > 0 ? `${shown}\n${vscode.l10n.t('{0} more characters are not shown.', hidden)}` : shown;
}
