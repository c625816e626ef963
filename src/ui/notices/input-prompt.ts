import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { Ask } from '../../jobs/input/input-requests.ts';
import { messageText, printable } from '../format/printable.ts';
import { starterName } from '../tree/job-row.ts';
import { oneAtATime } from './prompt-queue.ts';

const MAX_COMMAND_LENGTH = 80;
const MAX_PROMPT_LENGTH = 200;
/** Time between the box of one request and that of the next. */
const PAUSE_MS = 1000;

/** Asks the user for input that an agent requests for a job. The title names both, since a program may imitate another. */
const showBox: Ask = async ({ job, text, askedBy }, signal) => {
  const closed = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => closed.cancel(), { once: true });
  try {
    return await vscode.window.showInputBox(
      {
        title: vscode.l10n.t(
          'Input for {0}, requested by {1}',
          printable(shorten(job.command, MAX_COMMAND_LENGTH)),
          starterName(askedBy),
        ),
        prompt: messageText(vscode.l10n.t('{0} (sent only to the job)', shorten(text, MAX_PROMPT_LENGTH))),
        password: true,
        ignoreFocusOut: true,
      },
      closed.token,
    );
  } finally {
    closed.dispose();
  }
};

/** Shows these boxes one at a time. */
export const askUser: Ask = oneAtATime(showBox, PAUSE_MS);
