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
        listenOn(other);
        const there = await session.call('wait', {
          job_id: 'vite',
          until: 'port',
          port: other,
          wait_s: LONG_S,
        });
        assert.equal(there.facts.reason, 'port', there.text);
        await eventually('it is not ready', async () => !(await isReady()));
        listenOn(port);
        const back = await session.call('wait', { job_id: 'vite', until: 'ready', wait_s: LONG_S });
        assert.equal(back.facts.reason, 'ready', back.text);
      }
      await session.call('kill', { job_id: 'vite' });
    }
  },
);
