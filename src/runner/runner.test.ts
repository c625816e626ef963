import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSpec } from '../../test/support/runner.ts';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { PrivateFolder } from '../sockets/private-folder.ts';
import { Runner } from './runner.ts';

const skip = process.platform === 'win32' ? 'needs /bin/sh' : false;

test('a shutdown in which one kill fails waits for the kills of all other jobs', { skip }, async (t) => {
  const folder = new PrivateFolder();
  const runner = await Runner.create(scratchFolder(t), folder);
  atEnd(t, async () => {
    await runner.shutDown();
    await runner.dispose();
    folder.remove();
  });
  const inherited = { openFiles: undefined, modulesFolder: undefined, searchScript: undefined };
  const start = async (command: string) => {
    const spec = makeSpec(command, { graceMs: 200 });
    await runner.start({ spec, mayQueue: false }, { env: process.env, ...inherited, maxRunning: () => 9 });
    return runner.find(spec.id)!;
  };
  const unlisted = await start('exec sleep 100');
  const stubborn = await start('trap "" TERM; while :; do sleep 0.05; done');
  const fail = (): Promise<void> => Promise.reject(new Error('There is no descriptor.'));
  t.mock.method(unlisted, 'shutDown', fail, { times: 1 });
  await assert.rejects(runner.shutDown(), /There is no descriptor/);
  assert.equal(stubborn.record.status, 'killed');
});
