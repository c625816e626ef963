// A dev server as an agent uses it: the next job starts when it is ready, and it is not ready while its port is closed.
import assert from 'node:assert/strict';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../stdio/support/servers.ts';
import { openSession } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { npmPackages } from './install.ts';

const vitest = await npmPackages('vitest-4.1.12', 'vitest@4.1.12', 'vite@8.3.8');
const LONG_S = 50;

test(
  'vite is ready by its port or its line, for what comes after it, and not while it is away',
  { skip: vitest.skip },
  async (t) => {
    const session = await openSession(t);
    const cwd = scratchFolder(t);
    writeFileSync(join(cwd, 'index.html'), '<p>served by vite</p>');
    writeFileSync(join(cwd, 'package.json'), '{"type":"module"}');
    const [port, other] = [await freePort(), await freePort()];
    const listenOn = (used: number): void => {
      const server = { host: '127.0.0.1', port: used, strictPort: true };
      // In one step: vite also reads a file that is being written.
      const draft = join(cwd, 'draft');
      writeFileSync(draft, `export default ${JSON.stringify({ server })} // ${performance.now()}`);
      renameSync(draft, join(cwd, 'vite.config.js'));
    };
    listenOn(port);
    symlinkSync(vitest.folder, join(cwd, 'node_modules'));
    const serve = `'${process.execPath}' '${join(vitest.folder, 'vite', 'bin', 'vite.js')}'`;
    const address = `http://127.0.0.1:${port}/`;
    const fetching = `'${process.execPath}' -e 'fetch("${address}").then(async (r) => console.log(await r.text()))'`;

    const isReady = async (): Promise<boolean> =>
      (await session.call('status', { job_id: 'vite' })).text.includes(' ready_since=');

    // Changed again until it is noticed: vite prints that it is ready before it watches its files.
    const moveTo = async (used: number, event: { until: string; port?: number }): Promise<void> => {
      let reply = '';
      for (let tries = 0; tries < 10; tries += 1) {
        listenOn(used);
        const { facts, text } = await session.call('wait', { job_id: 'vite', wait_s: 10, ...event });
        if (facts.reason === event.until) {
          return;
        }
        reply = text;
      }
      assert.fail(reply);
    };

    for (const ready of [{ port }, { regex: 'ready in .* ms' }]) {
      const server = await session.call('execute', {
        command: serve,
        cwd,
        name: 'vite',
        ...ready,
        wait_s: 0,
      });
      assert.equal(server.isError, false, server.text);
      const next = await session.call('execute', { command: fetching, after: ['vite'], wait_s: LONG_S });
      assert.deepEqual([next.facts.status, next.facts.reason], ['completed', 'exit'], next.text);
      assert.match(next.log, /served by vite/);
      assert.ok(await isReady());
      const { facts } = await session.call('restart', { job_id: 'vite', wait_s: LONG_S });
      assert.equal(facts.reason, 'ready');
      if ('port' in ready) {
        // It starts again within its process when its configuration changes.
        await moveTo(other, { until: 'port', port: other });
        await eventually('it is not ready', async () => !(await isReady()));
        await moveTo(port, { until: 'ready' });
      }
      await session.call('kill', { job_id: 'vite' });
    }
  },
);
