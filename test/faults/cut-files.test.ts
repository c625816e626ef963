import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { listSegments } from '../../src/log/store/log-segments.ts';
import { rawLog, runnerPid, start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { repeats } from '../support/repeats.ts';
import { eventually, isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

const OUTPUT = Array.from({ length: 200 }, (_, at) => `${at + 1}\n`).join('');

/** A storage folder as a runner leaves it after an orderly exit, or after a kill. */
async function makeStorage(context: TestContext, signal: 'SIGTERM' | 'SIGKILL'): Promise<string> {
  const storage = scratchFolder(context);
  const manager = openManager(context, { storage });
  for (let count = 0; count < 3; count++) {
    await untilEnd(manager, (await start(manager, 'seq 1 200; echo problem >&2', { mergeStderr: false })).id);
  }
  const pid = await runnerPid(storage);
  process.kill(pid, signal);
  await eventually('the runner is gone', () => !isAlive(pid));
  await manager.dispose();
  return storage;
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  // Promise: cut-files
  test(`after ${signal}, a manager reads files up to where they were cut, at any byte`, async (t) => {
    const original = await makeStorage(t, signal);
    const files = readdirSync(original, { recursive: true, encoding: 'utf8' }).filter((name) => {
      return statSync(join(original, name)).isFile() && statSync(join(original, name)).size > 0;
    });
    assert.ok(files.some((name) => name.endsWith('.idx')) && files.some((name) => name.endsWith('.log')));
    for (const name of files) {
      const { size } = statSync(join(original, name));
      const cuts = repeats(100, 5);
      for (let cut = 0; cut < cuts; cut++) {
        const storage = join(scratchFolder(t), 'copy');
        cpSync(original, storage, { recursive: true });
        truncateSync(join(storage, name), Math.floor((size * cut) / cuts));
        const manager = openManager(t, { storage });
        await manager.jobs.ready();
        for (const { id, status } of manager.jobs.list()) {
          // The result of a job whose end was cut off cannot be known.
          assert.ok(status === 'completed' || (status === 'lost' && name.startsWith('journal')));
          manager.logs.readText(id, { cursor: 0, maxBytes: 10_000 });
          manager.logs.readTail(id, { lines: 10, maxBytes: 10_000 });
          const isCut = name.includes(id);
          const log = rawLog(manager, id).toString();
          if (!isCut) assert.equal(log, `${OUTPUT}problem\n`);
          // A cut log has what is left. A log with a cut index is complete.
          else assert.ok(`${OUTPUT}problem\n`.startsWith(log));
          if (name.endsWith('.idx')) assert.equal(log, `${OUTPUT}problem\n`);
        }
        if (!name.startsWith('journal')) assert.equal(manager.jobs.list().length, 3);
        await manager.dispose();
        rmSync(storage, { recursive: true });
      }
    }
  });
}

// Promise: cut-files
test('garbage in the storage folder does not hide the valid jobs', async (t) => {
  const storage = await makeStorage(t, 'SIGTERM');
  const nonsense = [
    'null',
    '[]',
    '"text"',
    '{"v":1}',
    '{"v":1,"job":null}',
    '{"v":1,"job":{}}',
    '{"v":1,"job":{"id":7}}',
    '{"v":1,"job":{"id":"x","status":"running"}}',
    '{"v":1,"job":{"id":"../../../x","command":"x","startedAt":1,"status":"completed"}}',
    '{"v":1,"removed":{}}',
    '{"v":1,"logDropped":7}',
    '{"v":2,"job":{"id":"future"}}',
    '\0\0\0\0',
    '\ufeff{"v":1',
  ];
  writeFileSync(join(storage, 'journal.jsonl'), nonsense.join('\n'));
  writeFileSync(join(storage, 'journal.older.jsonl'), Buffer.from([0xff, 0xfe, 0x00, 0xd8]));
  writeFileSync(join(storage, 'runners', '7.json'), '{"v":1,"bootId":7}');
  writeFileSync(join(storage, 'runners', '8.json'), 'null');
  mkdirSync(join(storage, 'runners', '9.json'));
  mkdirSync(join(storage, 'jobs', 'no-job'));
  const folders = readdirSync(join(storage, 'jobs')).filter((name) => name !== 'no-job');
  writeFileSync(join(storage, 'jobs', folders[0]!, 'output.x.log'), 'x');
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.equal(manager.jobs.list().length, 3);
  const { id } = await start(manager, 'echo new');
  await untilEnd(manager, id);
  assert.equal(rawLog(manager, id).toString(), 'new\n');
  assert.deepEqual(listSegments(join(storage, 'jobs', id)), [0]);
});

test('a missing job folder, and a file in place of one, do not affect other jobs', async (t) => {
  const storage = await makeStorage(t, 'SIGTERM');
  const [gone = '', file = '', whole = ''] = readdirSync(join(storage, 'jobs'));
  rmSync(join(storage, 'jobs', gone), { recursive: true });
  rmSync(join(storage, 'jobs', file), { recursive: true });
  writeFileSync(join(storage, 'jobs', file), '');
  const manager = openManager(t, { storage });
  await manager.jobs.ready();
  assert.equal(rawLog(manager, gone).length, 0);
  assert.equal(rawLog(manager, file).length, 0);
  assert.equal(rawLog(manager, whole).toString(), `${OUTPUT}problem\n`);
  await manager.jobs.removeFinished(file);
  assert.equal(existsSync(join(storage, 'jobs', file)), false);
  assert.match(readFileSync(join(storage, 'journal.jsonl'), 'utf8'), new RegExp(`"removed":"${file}"`));
});
