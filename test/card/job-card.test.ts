// The card of a job in the chat, in Chromium, with the host bridge of the specification.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from 'playwright-core';
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
