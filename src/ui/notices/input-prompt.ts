import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { Ask } from '../../jobs/input-requests.ts';
import { inTurn } from './prompt-queue.ts';
import { starter } from '../tree/job-row.ts';
import { messageText, printable } from '../format/printable.ts';

const MAX_COMMAND = 80;
/** Time (ms) between the box of one question and that of the next. */
const PAUSE = 1000;

/** Shows a box for what an agent wants to have typed into a job. It says for whom, as a program may imitate another. */
const showBox: Ask = async ({ job, text, askedBy }, signal) => {
  const gone = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => gone.cancel(), { once: true });
  try {
    return await vscode.window.showInputBox(
      {
        title: vscode.l10n.t(
          'Input for {0}, asked for by {1}',
          printable(shorten(job.command, MAX_COMMAND)),
          starter(askedBy),
        ),
        prompt: messageText(vscode.l10n.t('{0} (goes to the job only)', shorten(text, 200))),
        password: true,
        ignoreFocusOut: true,
      },
      gone.token,
    );
  } finally {
    gone.dispose();
  }
};

/** Shows these boxes, one at a time. */
export const askUser: Ask = inTurn(showBox, PAUSE);
