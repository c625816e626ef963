import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchRunner } from '../../src/jobs/runners/runner-launch.ts';
import { openManager } from '../support/manager.ts';
import { openSession } from '../support/mcp-session.ts';
import { RUNNER_SCRIPT } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

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
