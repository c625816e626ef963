import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { answerInputBox, callTool, endJobs, fact } from './tools.ts';

/** Reads a line and prints it, although a job should not print a password. */
const LOGIN = 'printf "Password: "; read -r word; echo "got $word"; [ -n "$word" ]';

/** Waits for the input box. The one of the previous test may still be fading out. */
const BOX = '.quick-input-widget:not(.quick-input-widget-closing) input[type="password"]';
const box = (): Promise<void> => inPage((page, selector) => page.locator(selector).waitFor(), BOX);

test('tells the agent that the user answered, but not the answer', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', { command: LOGIN, name: 'login', until: 'output' });
  const asked = await callTool('interact', { job_id: 'login', ask_user: 'The password of the test server' });
  assert.equal(fact(asked, 'asked'), 'open');
  await box();
  const title = await inPage((page) => page.locator('.quick-input-titlebar').innerText());
  assert.match(title.replace(/\s/g, ' '), /Input for printf "Password: ".*, requested by /);
  await inPage((page) => page.getByText('The password of the test server (sent only to the job)').waitFor());
  await screenshot('ask-user');

  const again = callTool('interact', { job_id: 'login', ask_user: 'And again' });
  assert.match(await again, /^Error: The user is already being prompted for this job/);
  const cursor = Number(fact(asked, 'next_cursor'));
  const waiting = callTool('wait', { job_ids: ['login'], cursors: [cursor] });
  await answerInputBox('correct horse');
  const reply = await waiting;
  assert.equal(fact(reply, 'asked'), 'answered');
  assert.equal(fact(reply, 'reason'), 'exit');
  assert.match(reply, /got \*{4}\n$/);

  for (const [name, given] of [
    ['output', {}],
    ['output', { view: 'raw' }],
    ['tail', {}],
    ['search', { regex: 'got' }],
    ['status', {}],
  ] as const) {
    const text = await callTool(name, { job_id: 'login', ...given });
    assert.doesNotMatch(text, /correct horse/, name);
    assert.match(text, /got \*{4}/, name);
  }
});

test('ends the wait once when the user dismisses the box, and keeps the job running', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', { command: LOGIN, name: 'login', until: 'output' });
  await callTool('interact', { job_id: 'login', ask_user: 'The password' });
  await box();
  await inPage((page, selector) => page.locator(selector).press('Escape'), BOX);
  const reply = await callTool('wait', { job_ids: ['login'] });
  assert.equal(fact(reply, 'reason'), 'dismissed');
  assert.equal(fact(reply, 'asked'), 'dismissed');
  const next = await callTool('wait', { job_ids: ['login'], until: 'quiet', quiet_ms: 50 });
  assert.equal(fact(next, 'reason'), 'quiet');
  assert.equal(fact(next, 'status'), 'running');
});

// Promise: no-links
test('shows the text of an agent without links', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', { command: LOGIN, name: 'login', until: 'output' });
  const text = 'The [password](command:workbench.view.scm) of $(lock) [it](https://example.com)';
  await callTool('interact', { job_id: 'login', ask_user: text });
  await box();
  const [shown, links] = await inPage(async (page) => {
    const message = page.locator('.quick-input-message');
    return [await message.innerText(), await message.locator('a, .codicon').count()] as const;
  });
  assert.ok(shown.replaceAll('\u2060', '').startsWith(`${text} (sent only to the job)`), shown);
  assert.equal(links, 0);
});

test('asks for several jobs one after another, without those that end meanwhile', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const names = ['first', 'ended', 'last'];
  for (const name of names) {
    await callTool('execute', { command: `: ${name}; ${LOGIN}`, name, until: 'output' });
    const reply = await callTool('interact', { job_id: name, ask_user: `The password of ${name}` });
    assert.equal(fact(reply, 'asked'), 'open');
  }
  const ended = await callTool('kill', { job_id: 'ended' });
  assert.doesNotMatch(ended + (await callTool('wait', { job_ids: ['ended'] })), /dismissed/);
  for (const name of ['first', 'last']) {
    await inPage(
      (page, title) => page.locator('.quick-input-titlebar').filter({ hasText: title }).waitFor(),
      `Input for : ${name};`,
    );
    await answerInputBox('correct horse');
    const reply = await callTool('wait', { job_ids: [name] });
    assert.equal(fact(reply, 'reason'), 'exit');
    assert.equal(fact(reply, 'asked'), 'answered');
  }
});

test('closes the box when the job ends', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', { command: LOGIN, name: 'login', until: 'output' });
  await callTool('interact', { job_id: 'login', ask_user: 'The password' });
  await box();
  await callTool('kill', { job_id: 'login' });
  await inPage((page) =>
    page.locator('.quick-input-widget input[type="password"]').waitFor({ state: 'hidden' }),
  );
  const late = callTool('interact', { job_id: 'login', ask_user: 'The password' });
  assert.match(await late, /^Error: The job is not running \(killed\)/);
});

test('hides what a user typed hidden from agents as well', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const reply = await callTool('execute', { command: LOGIN, name: 'login', until: 'output' });
  const sending = vscode.commands.executeCommand('backgroundJobs.sendHiddenInput', { id: fact(reply, 'id') });
  await box();
  await answerInputBox('battery staple');
  await sending;
  assert.match(await callTool('wait', { job_ids: ['login'] }), /got \*{4}\n$/);
});
