// The card of a job in the chat, in Chromium, with the host bridge of the specification.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from 'playwright-core';
import { ACTION_TOOL, STATE_TOOL } from '../../src/mcp/card/card-contract.ts';
import { eventually } from '../support/runner.ts';
import { openCardHost } from './card-host.ts';

const textOf = (frame: Frame, id: string): Promise<string> => frame.locator(`#${id}`).innerText();

const untilText = (frame: Frame, id: string, wanted: RegExp): Promise<void> =>
  eventually(`#${id} shows ${wanted}`, async () => wanted.test(await textOf(frame, id)));

test('shows a running job, follows it, and kills it by a click', async (t) => {
  const host = await openCardHost(t);
  const command = String.raw`printf '\033[31mred\033[0m plain\n'; read x; echo "got $x"; sleep 100`;
  const frame = await host.show('execute', { command, name: 'dev' });
  await untilText(frame, 'status', /waits for input/);
  assert.match(await textOf(frame, 'command'), /^dev: printf/);
  await untilText(frame, 'output', /red plain/);
  const color = await frame
    .locator('#output span', { hasText: 'red' })
    .evaluate((piece) => (piece as unknown as { style: { color: string } }).style.color);
  assert.equal(color, 'var(--c1)');
  await frame.locator('#text').fill('hello');
  await frame.locator('#text').press('Enter');
  await untilText(frame, 'output', /got hello/);
  await untilText(frame, 'status', /^running$/);
  await frame.locator('#open').click();
  await eventually('the editor shows it', () => host.opened.length === 1);
  assert.equal(host.opened[0]?.name, 'dev');
  await frame.locator('#kill').click();
  await untilText(frame, 'status', /was killed by the user/);
  assert.equal(host.manager.jobs.get('dev').status, 'killed');
  assert.equal(await frame.locator('#kill').isVisible(), false);
  // The card is still when the job is done.
  const calls = host.calls.length;
  await frame.locator('#restart').click();
  await untilText(frame, 'status', /running|waits/);
  assert.ok(host.calls.length > calls);
  assert.equal(host.manager.jobs.get('dev').status, 'running');
  assert.deepEqual(host.reports, []);
});

test('says that its job was removed, or is one of another window, and stops asking', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'true', name: 'gone', wait_s: 45 });
  await untilText(frame, 'status', /completed/);
  await host.manager.jobs.removeFinished('gone');
  await frame.locator('#restart').click();
  await untilText(frame, 'message', /There is no job/);
  const other = await host.show('execute', { command: 'sleep 100', name: 'other' });
  await untilText(other, 'status', /running/);
  host.answer = () =>
    Promise.resolve({ isError: true, content: [{ type: 'text', text: 'Error: There is no job "x".' }] });
  await untilText(other, 'message', /was removed, or belongs to another window/);
  assert.equal(await other.locator('#kill').isVisible(), false);
  const calls = host.calls.length;
  await host.page.clock.install();
  await host.page.clock.runFor(20_000);
  assert.equal(host.calls.length, calls);
});

test('keeps the error of an action until the next one, and the text that was refused', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'while read x; do echo "got $x"; done', name: 'dev' });
  await untilText(frame, 'status', /waits for input/);
  const { answer } = host;
  host.answer = async (params) => {
    if (params.name !== ACTION_TOOL) return answer(params);
    return { isError: true, content: [{ type: 'text', text: 'Error: It was refused.' }] };
  };
  await frame.locator('#text').fill('hello');
  await frame.locator('#text').press('Enter');
  await untilText(frame, 'message', /^It was refused\.$/);
  const states = (): number => host.calls.filter(({ name }) => name === STATE_TOOL).length;
  const before = states();
  await eventually('the card was updated', () => states() >= before + 3);
  assert.equal(await textOf(frame, 'message'), 'It was refused.');
  assert.equal(await frame.locator('#text').inputValue(), 'hello');
  host.answer = answer;
  await frame.locator('#text').press('Enter');
  await untilText(frame, 'output', /got hello/);
  await untilText(frame, 'message', /^$/);
  assert.equal(await frame.locator('#text').inputValue(), '');
});

test('does not keep refused text that may be a secret', async (t) => {
  const host = await openCardHost(t);
  const command = `echo Name?; read x; stty -echo; printf 'Password: '; read x; stty echo; echo; echo Name?; read x`;
  const { job } = await host.manager.start({
    command,
    name: 'dev',
    terminal: { columns: 80, rows: 24 },
    startedBy: { kind: 'agent' },
  });
  const frame = await host.show('wait', { job_ids: ['dev'], until: 'input' });
  await untilText(frame, 'status', /waits for input/);
  // The card is not up to date yet when the user types.
  await frame.locator('#text').fill('hunter2');
  await host.manager.input.write(job.id, 'me\r', false, 'person');
  await frame.locator('#form').waitFor({ state: 'hidden' });
  assert.equal(await frame.locator('#text').inputValue(), '');
  await untilText(frame, 'message', /asks for a secret/);
});

test('goes on after its server was restarted', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'sleep 100', name: 'dev' });
  await untilText(frame, 'status', /running/);
  const { answer } = host;
  let lost = 0;
  host.answer = () => {
    lost++;
    return Promise.reject(new Error('The server is gone.'));
  };
  await untilText(frame, 'message', /Not up to date: .*The server is gone/);
  assert.ok(lost > 0);
  host.answer = answer;
  await host.manager.kill('dev', 'person');
  await untilText(frame, 'status', /was killed by the user/);
  assert.equal(await textOf(frame, 'message'), '');
});

test('can be used by keyboard, and names everything for a screen reader', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'echo Name?; read x; exit 3', name: 'dev' });
  await untilText(frame, 'status', /waits for input/);
  assert.equal(await frame.getByRole('status').innerText(), 'waits for input');
  await frame.getByRole('log', { name: 'Last lines of the output' }).waitFor({ state: 'attached' });
  await frame.getByRole('textbox', { name: 'Input for the job' }).focus();
  const order: string[] = [];
  for (let i = 0; i < 5; i++) {
    order.push(await frame.evaluate('document.activeElement.id'));
    await host.page.keyboard.press('Tab');
  }
  assert.deepEqual(order.slice(0, 4), ['text', 'send', 'kill', 'restart']);
  await frame.getByRole('button', { name: 'Kill' }).focus();
  await host.page.keyboard.press('Enter');
  await untilText(frame, 'status', /was killed by the user/);
});

// That nothing comes can only be seen after a while.
test('asks for nothing while it is hidden or done', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'sleep 100', name: 'dev' });
  await untilText(frame, 'status', /running/);
  // Scrolled out of sight, as in a long chat.
  await host.page.evaluate("document.querySelector('iframe').style.marginTop = '5000px'");
  await eventually('it has stopped', async () => {
    const before = host.calls.length;
    await host.page.waitForTimeout(1500);
    return host.calls.length === before;
  });
  await host.page.evaluate("document.querySelector('iframe').style.marginTop = '0'");
  const hidden = host.calls.length;
  await eventually('it asks again', () => host.calls.length > hidden);
  await host.manager.kill('dev', 'person');
  await untilText(frame, 'status', /was killed/);
  const done = host.calls.length;
  await host.page.waitForTimeout(1500);
  assert.equal(host.calls.length, done);
});

test('opens the port of a server as a link of the host', async (t) => {
  const host = await openCardHost(t);
  const server = 'require("http").createServer().listen(0, () => console.log("listening"))';
  const frame = await host.show('execute', { command: `${process.execPath} -e '${server}'`, name: 'web' });
  const link = frame.getByRole('link', { name: /^localhost:\d+$/ });
  await link.click();
  await eventually('the host opens it', () => host.links.length === 1);
  assert.match(host.links[0] ?? '', /^http:\/\/localhost:\d+\/$/);
});

test('asks for ports in one of three calls, and keeps the link in the others', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'exec sleep 100', name: 'web' });
  host.answer = async (params) => {
    const result = await host.client.callTool(params);
    const structuredContent = result.structuredContent as Readonly<Record<string, unknown>>;
    const isAsked = params.arguments?.ports === true;
    return { content: [], structuredContent: { ...structuredContent, ports: isAsked ? [8080] : undefined } };
  };
  const asked = (): unknown[] => host.calls.map(({ arguments: args }) => args?.ports);
  await eventually('it asks again', () => asked().length >= 5);
  assert.deepEqual(asked().slice(0, 5), [true, false, false, true, false]);
  assert.equal(await frame.getByRole('link', { name: 'localhost:8080' }).isVisible(), true);
});

test('lets the user choose between the jobs of one call, also after a restart', async (t) => {
  const host = await openCardHost(t);
  for (const name of ['api', 'web server']) {
    await host.client.callTool({ name: 'execute', arguments: { command: `echo ${name}; sleep 100`, name } });
  }
  const frame = await host.show('wait', { job_ids: ['api', 'web server'], mode: 'all', until: 'output' });
  await untilText(frame, 'output', /^api/);
  const group = frame.getByRole('group', { name: 'Jobs' });
  assert.deepEqual(await group.getByRole('button').allInnerTexts(), ['api', 'web server']);
  await group.getByRole('button', { name: 'web server' }).click();
  await untilText(frame, 'output', /^web server/);
  const { id } = host.manager.jobs.get('web server');
  await frame.locator('#restart').click();
  await eventually('it runs again', () => host.manager.jobs.get('web server').id !== id);
  await group.getByRole('button', { name: 'api' }).click();
  await untilText(frame, 'output', /^api/);
  await group.getByRole('button', { name: 'web server', pressed: false }).click();
  await untilText(frame, 'status', /^running$/);
  await frame.locator('#kill').click();
  await untilText(frame, 'status', /was killed/);
  assert.equal(host.manager.jobs.get('web server').status, 'killed');
  assert.equal(host.manager.jobs.get('api').status, 'running');
});

test('says why no job was started', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'true', cwd: '/does/not/exist' });
  await untilText(frame, 'message', /\/does\/not\/exist/);
  assert.equal(await frame.locator('#kill').isVisible(), false);
});
