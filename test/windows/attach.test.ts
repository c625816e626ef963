import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { openWindow } from '../attach/window.ts';
import { openSession, storageFolder } from '../support/mcp-session.ts';
import { skip } from './session.ts';

// Promise: windows-attach
test('a client attaches to a window over named pipes', { skip }, async (t) => {
  const storage = storageFolder(t);
  const { manager } = await openWindow(t, storage, {
    settings: () => ({ limits: DEFAULT_LIMITS, shell: 'cmd.exe', cwd: process.cwd() }),
  });
  const env = { BACKGROUND_JOBS_ENDPOINT: windowsFolder(storage) };
  const session = await openSession(t, { args: ['--attach', '--attach-seconds', '20'], env });
  const { facts, log } = await session.call('execute', { command: 'echo attached & exit 2', wait_s: 45 });
  assert.equal(facts.exit_code, '2');
  assert.match(log, /^attached/);
  assert.equal(manager.jobs.get(facts.id!).startedBy.client, 'test-client');
});
