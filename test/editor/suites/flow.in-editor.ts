import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { freePort } from '../inside/free-port.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { typeInTerminal } from '../inside/typing.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  choose,
  clickRowButton,
  endJobs,
  openSidebar,
  rows,
  untilDone,
  untilOutput,
  untilRow,
} from './tools.ts';

const QUESTION = `printf '\\033[32mready\\033[0m\\n'; printf 'which colour? '; read -r colour; echo "you said $colour"; exec sleep 1000`;

test('starts, watches, answers, kills and clears a job by mouse and keyboard', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await vscode.commands.executeCommand('backgroundJobs.clearFinished');
  await openSidebar();
  await answerInputBox(QUESTION, () => choose('Background Jobs: Run Command in Background'));
  await untilRow("printf '");
  assert.match((await rows())[0]!, /, running · (?:waits for input · )?(?:\d+m )?\d+s/);

  // The terminal of a new job has the focus, and shows colors.
  await untilOutput('which colour\\?');
  await inPage(async (page) => {
    await page.locator('.panel .xterm-rows .xterm-fg-2').filter({ hasText: 'ready' }).first().waitFor();
    // Its terminal takes the focus a moment after it shows text.
    await page.locator('.panel .terminal-wrapper.active .xterm.focus').waitFor();
  });
  await inPage(typeInTerminal, ['greem', '{Backspace}', 'n', '{Enter}']);
  await untilOutput('you said green');

  await clickRowButton("printf '", 'Kill');
  await until('its row has changed', async () =>
    (await rows()).some((row) => row.includes(', killed · SIGTERM')),
  );
  await untilOutput('\\[killed · SIGTERM · .*');
  await choose('Background Jobs: Clear Finished');
  await inPage((page) => page.getByText('No background jobs yet').waitFor());
});

test('an agent starts a database, an API and a web server after each other, without a wait between them', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await vscode.commands.executeCommand('backgroundJobs.clearFinished');
  const folder = mkdtempSync(join(tmpdir(), 'order-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const go = join(folder, 'go');
  const port = await freePort();
  const server = `require("net").createServer((socket) => socket.destroy()).listen(${port})`;
  const db = `while [ ! -e ${go} ]; do sleep 0.05; done; exec '${process.execPath}' -e '${server}'`;
  const api = 'sleep 0.2; echo "api is up"; exec sleep 1000';
  const { results } = await agentMode('Start the database, the API and the web server.', [
    {
      tool: 'execute',
      input: { command: db, name: 'db', env: ['ELECTRON_RUN_AS_NODE=1'], port, wait_s: 0 },
    },
    { tool: 'execute', input: { command: api, name: 'api', after: ['db'], regex: 'is up', wait_s: 0 } },
    { tool: 'execute', input: { command: 'echo web; exec sleep 1000', name: 'web', after: ['api'] } },
    { text: 'They start one after the other.' },
  ]);
  assert.match(results[1] ?? '', / name=api status=queued waits_for=db\n\[It starts when "db" is ready/);
  await openSidebar();
  await untilRow('db, running · ');
  await untilRow('api, queued · after db · ');
  await untilRow('web, queued · after api · ');
  await screenshot('queued');
  writeFileSync(go, '');
  await untilRow(`db, ready :${port} · `);
  await untilRow('api, ready · ');
  await untilRow('web, running · ');
  await screenshot('ready');
  const reply = await callTool('list');
  assert.match(
    reply,
    /^running=3 .*\n.* name=web status=running .*\n.* name=api status=running ready_since=/,
  );
  // A queued job can be killed by mouse.
  await callTool('execute', { command: 'sleep 1000', name: 'late', after: ['web'] });
  await untilRow('late, queued · after web · ');
  await clickRowButton('late, ', 'Kill');
  await untilRow('late, killed');
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
  await inPage((page) =>
    page.getByText('Start a shell command, or a VS Code task, in the background').first().waitFor(),
  );
  await screenshot('confirmation');
  assert.doesNotMatch(await callTool('list'), /name=dev\b/);
  await inPage((page) =>
    page
      .getByRole('button', { name: /^Allow/ })
      .first()
      .waitFor(),
  );
  // A click is lost if the chat is drawn at the same time.
  await untilDone(() =>
    inPage(async (page) => {
      const button = page.getByRole('button', { name: /^Allow/ }).first();
      if (!(await button.isVisible())) return;
      await button.click({ timeout: 5000 });
      await button.waitFor({ state: 'hidden', timeout: 5000 });
    }),
  );
  await openSidebar();
  await untilRow('dev,');
});
