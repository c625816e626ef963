// `npm start` on a machine without a screen.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { findRunners } from '../../src/protocol/runner-address.ts';
import { isAlive } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { openBrowser, PAGE_PATIENCE_MS } from './browser.ts';
import { findStorage } from './job-storages.ts';
import { runCommand, runInTerminal } from './window-steps.ts';

const ROW = '.pane-body [role="treeitem"][aria-label*="running"]';

test('the end of npm start ends the jobs, too, also after a reload of the window', async (t) => {
  const folder = scratchFolder(t);
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env;
  const start = spawn(process.execPath, [join(import.meta.dirname, 'start.ts')], {
    env: { ...env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(start, 'exit');
  atEnd(t, () => (start.exitCode === null ? void start.kill('SIGKILL') : undefined));
  let address: string | undefined;
  for await (const line of createInterface({ input: start.stdout })) {
    address = /http:.*/.exec(line)?.[0];
    if (address !== undefined) break;
  }
  const browser = await openBrowser(t);
  const page = await browser.newPage();
  page.setDefaultTimeout(PAGE_PATIENCE_MS);
  await page.goto(address!);
  await runInTerminal(page, 'exec sleep 1000');
  await runCommand(page, 'View: Show Background Jobs');
  await page.locator(ROW).first().waitFor();
  // The runner is a child of the first extension host, which is gone then.
  await page.reload();
  await runCommand(page, 'View: Show Background Jobs');
  await page.locator(ROW).first().waitFor();
  const [session] = readdirSync(folder).filter((name) => name.startsWith('test-'));
  const storage = findStorage(join(folder, session!, 'user'));
  const [runner] = await findRunners(storage, systemProcessTable());
  const [job] = new Journal(storage).read().jobs.values();
  start.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  assert.deepEqual([runner!.address.pid, job!.pid!].filter(isAlive), []);
});
