import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  choose,
  clickRowButton,
  endJobs,
  openSidebar,
  rows,
  untilOutput,
  untilRow,
} from './tools.ts';

const QUESTION = `printf '\\033[32mready\\033[0m\\n'; printf 'which colour? '; read -r colour; echo "you said $colour"; exec sleep 100`;

test('starts, watches, answers, kills and clears a job by mouse and keyboard', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await vscode.commands.executeCommand('backgroundJobs.clearFinished');
  await openSidebar();
  await choose('Background Jobs: Run Command in Background');
  await answerInputBox(QUESTION);
  await untilRow("printf '");
  assert.match((await rows())[0]!, /, running · \d+s/);

  // The terminal of a new job has the focus, and shows colors.
  await untilOutput('which colour\\?');
  await inPage(async (page) => {
    await page.locator('.panel .xterm-rows .xterm-fg-2').filter({ hasText: 'ready' }).first().waitFor();
    await page.keyboard.type('greem');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('n');
    await page.keyboard.press('Enter');
  });
  await untilOutput('you said green');

  await clickRowButton("printf '", 'Kill');
  await until('its row has changed', async () =>
    (await rows()).some((row) => row.includes(', killed · SIGTERM')),
  );
  await untilOutput('\\[killed · SIGTERM · .*');
  await choose('Background Jobs: Clear Finished');
  await inPage((page) => page.getByText('No background jobs yet').waitFor());
});

test('runs nothing in agent mode before the user confirms it', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  // Returns when the tool waits for confirmation.
  await agentMode(
    'Start the dev server in the background.',
    [{ tool: 'execute', input: { command: 'npm run dev', name: 'dev' } }, { text: 'It runs.' }],
    { asks: true },
  );
  await inPage((page) => page.getByText('Run a shell command as a background job').first().waitFor());
  await screenshot('confirmation');
  assert.doesNotMatch(await callTool('list'), /name=dev\b/);
  await inPage((page) =>
    page
      .getByRole('button', { name: /^Allow/ })
      .first()
      .click(),
  );
  await openSidebar();
  await untilRow('dev,');
});
