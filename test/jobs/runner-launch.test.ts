import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchRunner } from '../../src/jobs/runners/runner-launch.ts';
import { start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { openSession } from '../support/mcp-session.ts';
import { eventually, isAlive, RUNNER_SCRIPT } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';

test('names the runner script if it is missing', async (t) => {
  const runnerScript = join(scratchFolder(t), 'runner.js');
  const manager = openManager(t, { runnerScript });
  await assert.rejects(manager.start({ command: 'true', startedBy: { kind: 'agent' } }), {
    name: 'JobError',
    message: new RegExp(`^The job runner cannot be started: The file ${runnerScript} does not exist\\. `),
  });
});

test('names the program that runs the runner if it is missing', async (t) => {
  const program = process.execPath;
  const missing = join(scratchFolder(t), 'node');
  t.after(() => (process.execPath = program));
  process.execPath = missing;
  await assert.rejects(launchRunner(RUNNER_SCRIPT, scratchFolder(t), process.env), {
    message: `The program ${missing} does not exist.`,
  });
});

test(
  'answers with an error, and keeps answering, if the storage folder cannot be created',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const session = await openSession(t, { storage: '/proc/no-such-folder/storage' });
    const reply = await session.call('execute', { command: 'true' });
    assert.equal(reply.isError, true);
    assert.match(
      reply.text,
      /The folder \/proc\/no-such-folder cannot be created \(ENOENT\)\. Create it, or use another folder\./,
    );
    assert.equal((await session.call('list')).isError, false);
  },
);

// Promise: runner-start-stuck
test(
  'a runner that is stopped before it listens is ended, and the next call starts another one',
  { skip: process.platform === 'win32' && 'needs SIGSTOP' },
  async (t) => {
    const folder = scratchFolder(t);
    const [runnerScript, stopped] = [join(folder, 'runner.mjs'), join(folder, 'stopped')];
    writeFileSync(
      runnerScript,
      `import { existsSync, renameSync, writeFileSync } from 'node:fs';
       const path = ${JSON.stringify(stopped)};
       if (existsSync(path)) await import(${JSON.stringify(RUNNER_SCRIPT)});
       else {
         writeFileSync(path + '.new', String(process.pid));
         renameSync(path + '.new', path);
         process.kill(process.pid, 'SIGSTOP');
       }`,
    );
    const manager = openManager(t, { runnerScript });
    await manager.jobs.ready();
    // A launch in progress has no other timer.
    t.mock.timers.enable({ apis: ['setInterval'] });
    const starts = [start(manager, 'true'), start(manager, 'true')];
    const results = Promise.allSettled(starts);
    await eventually('the runner is stopped', () => existsSync(stopped));
    const pid = Number(readFileSync(stopped, 'utf8'));
    atEnd(t, () => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    t.mock.timers.tick(60_000);
    for (const result of await results) {
      assert.equal(result.status, 'rejected');
      assert.match(
        String(result.reason),
        /^JobError: The job runner cannot be started: The runner did not listen within 30 s, so it was ended\. Try again\. /,
      );
    }
    await eventually('the runner is gone', () => !isAlive(pid));
    t.mock.timers.reset();
    const { status } = await untilEnd(manager, (await start(manager, 'true')).id);
    assert.equal(status, 'completed');
  },
);
