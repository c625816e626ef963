import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mock, test, type TestContext } from 'node:test';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { LogReader } from '../log/read/log-reader.ts';
import { listSegments, segmentPath } from '../log/store/log-segments.ts';
import type { LogWriter } from '../log/store/log-writer.ts';
import { logFolder } from '../protocol/log-folder.ts';
import { PreparedLog } from './prepared-log.ts';

mock.timers.enable({ apis: ['setImmediate', 'setTimeout'] });
/** Longer than the pause after which a log is made. */
const A_WHILE_MS = 100;

function passTime(): void {
  // The first tick ends the turn of a start, and the second one the pause after it.
  mock.timers.tick(A_WHILE_MS);
  mock.timers.tick(A_WHILE_MS);
}

const isPrepared = process.platform !== 'win32';

function storageFolder(t: TestContext): string {
  const storage = scratchFolder(t);
  mkdirSync(join(storage, 'jobs'));
  return storage;
}

/** One whose next log is ready. */
function prepare(t: TestContext, storage: string, runner = 'r'): PreparedLog {
  const logs = new PreparedLog(storage, runner);
  atEnd(t, () => logs.dispose());
  logs.take(`first-of-${runner}`, 1000).close();
  passTime();
  return logs;
}

/** Writes all that is given to the log of a job, and reads what is kept. */
function written(log: LogWriter, storage: string, id: string, ...lines: string[]): string {
  for (const line of lines) log.write('stdout', Buffer.from(line), line.length);
  log.close();
  const pieces = [...new LogReader(logFolder(storage, id)).pieces(0, Infinity)];
  return pieces.map(({ bytes }) => bytes.toString()).join('');
}

const inode = (folder: string): number => statSync(segmentPath(folder, 0)).ino;

test('each job gets the log that was prepared for it', { skip: !isPrepared }, (t) => {
  const storage = storageFolder(t);
  const logs = prepare(t, storage);
  for (const id of ['second', 'third']) {
    const prepared = inode(join(storage, 'prepared', 'r'));
    const log = logs.take(id, 1000);
    assert.equal(inode(logFolder(storage, id)), prepared);
    assert.equal(written(log, storage, id, 'a\n', 'b\n'), 'a\nb\n');
    passTime();
  }
});

test('a prepared log has segments of the size that the job needs', (t) => {
  const storage = storageFolder(t);
  const log = prepare(t, storage).take('job', 80);
  assert.equal(written(log, storage, 'job', 'x'.repeat(25)), 'x'.repeat(25));
  assert.deepEqual(listSegments(logFolder(storage, 'job')), [0, 10, 20]);
});

test('jobs that start before the next log is ready get a log of their own', (t) => {
  const storage = storageFolder(t);
  const logs = prepare(t, storage);
  const taken = ['a', 'b', 'c'].map((id) => [id, logs.take(id, 1000)] as const);
  for (const [id, log] of taken) assert.equal(written(log, storage, id, id), id);
});

// Promise: prepared-log-lost
test('a job gets a log if the prepared one, or a file in it, was removed', (t) => {
  const storage = storageFolder(t);
  const logs = prepare(t, storage);
  rmSync(join(storage, 'prepared'), { recursive: true, force: true });
  assert.equal(written(logs.take('a', 1000), storage, 'a', 'kept'), 'kept');
  passTime();
  for (const name of isPrepared ? readdirSync(join(storage, 'prepared', 'r')) : [])
    rmSync(join(storage, 'prepared', 'r', name));
  assert.equal(written(logs.take('b', 1000), storage, 'b', 'kept'), 'kept');
});

test('a removed storage folder is not created again', (t) => {
  const storage = storageFolder(t);
  const logs = prepare(t, storage);
  renameSync(storage, `${storage}.gone`);
  atEnd(t, () => rmSync(`${storage}.gone`, { recursive: true }));
  assert.throws(() => logs.take('a', 1000), { code: 'ENOENT' });
  passTime();
  assert.equal(existsSync(storage), false);
});

// Promise: prepared-log-lost
test('a runner removes the prepared logs of killed ones, and works if its own is removed', (t) => {
  const storage = storageFolder(t);
  const living = prepare(t, storage, 'living');
  // As if it had been killed in the middle of that.
  mkdirSync(join(storage, 'prepared', 'killed.gone'), { recursive: true });
  prepare(t, storage, 'next');
  assert.deepEqual(readdirSync(join(storage, 'prepared')), isPrepared ? ['next'] : []);
  assert.equal(written(living.take('job', 1000), storage, 'job', 'kept'), 'kept');
});

test('only the logs of jobs remain at the end', (t) => {
  const storage = storageFolder(t);
  const logs = prepare(t, storage);
  logs.take('second', 1000).close();
  logs.dispose();
  passTime();
  assert.deepEqual(readdirSync(storage), ['jobs']);
  assert.deepEqual(readdirSync(join(storage, 'jobs')).sort(), ['first-of-r', 'second']);
});
