import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { askingGit, type AskingProgram, askingSsh, askingSudo } from '../programs/asking-programs.ts';
import { answerInputBox, endJobs, fact } from './tools.ts';

/** The folder of everything that the editor and the extension store: settings, workspace, logs, chats and jobs. */
const EVERYTHING = dirname(process.env.EDITOR_TEST_RESULTS ?? '');

/** Copilot Chat takes its time to start. */
const PATIENCE = { timeout: 400_000 };
/** How long Chat, two turns of the model and the program may take before the box opens. */
const BOX_MS = 200_000;

/** Waits for the box of a password. One that is fading out does not count. */
async function untilBox(): Promise<void> {
  await inPage(
    (page, timeout) =>
      page
        .locator('.quick-input-widget:not(.quick-input-widget-closing) input[type="password"]')
        .waitFor({ timeout }),
    BOX_MS,
  );
}

/** Returns the files below a folder that contain a text. */
function filesWith(folder: string, text: string): string[] {
  const wanted = Buffer.from(text);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      try {
        return readFileSync(path).includes(wanted);
      } catch {
        return false; // It was removed just now.
      }
    });
}

/** Lets a model start a program that asks for a password, which the user then types. */
async function answerInAgentMode(t: TestContext, open: AskingProgram): Promise<void> {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const password = `password-${randomUUID()}`;
  const folder = mkdtempSync(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, '..', '..', 'asking-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const program = await open(folder, password);
  if (program === undefined) return t.skip('needs programs that are not installed');
  t.after(program.close);
  const running = agentMode('Run it. I will type the password.', [
    { tool: 'execute', input: { command: program.command, tty: true, until: 'input', wait_s: 45 } },
    ([started = '']) => ({
      tool: 'interact',
      input: { job_id: fact(started, 'id'), ask_user: 'The password of the test' },
    }),
    ([started = '', asked = '']) => ({
      tool: 'wait',
      input: { job_ids: [fact(started, 'id')], cursors: [Number(fact(asked, 'next_cursor'))], wait_s: 45 },
    }),
    ([started = '']) => ({ tool: 'output', input: { job_id: fact(started, 'id'), view: 'raw' } }),
    { text: 'It has worked.' },
  ]);
  await untilBox();
  await answerInputBox(password);
  const { requests, results } = await running;
  const [started = '', asked = '', ended = '', output = ''] = results;
  assert.equal(fact(started, 'input'), 'hidden', started);
  assert.match(started, /ask_user/);
  assert.equal(fact(asked, 'asked'), 'open');
  assert.equal(fact(ended, 'asked'), 'answered', ended);
  assert.equal(fact(ended, 'reason'), 'exit', ended);
  assert.equal(fact(ended, 'exit_code'), '0', ended);
  assert.ok(output.includes(program.proof), output);
  assert.ok(requests.length >= 5);
  assert.ok(!JSON.stringify(requests).includes(password), 'no message to the model contains the password');
  program.close();
  rmSync(folder, { recursive: true, force: true });
  assert.notDeepEqual(filesWith(EVERYTHING, program.proof), [], 'other output is found where it is stored');
  assert.deepEqual(filesWith(EVERYTHING, password), [], 'no file contains the password');
}

test(
  'the user types the password that git push over HTTPS asks for, and the model never sees it',
  (t) => answerInAgentMode(t, askingGit),
  PATIENCE,
);

test(
  'the user types the passphrase that ssh asks for, and the model never sees it',
  (t) => answerInAgentMode(t, askingSsh),
  PATIENCE,
);

test(
  'the user types the password that sudo asks for, and the model never sees it',
  (t) => answerInAgentMode(t, askingSudo),
  PATIENCE,
);
