import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { atEnd, scratchFolder } from '../../../test/support/scratch.ts';
import { fillDisk, mountTinyDisk } from '../../../test/support/tiny-disk.ts';
import { LogReader } from '../read/log-reader.ts';
import { indexPath, listSegments, segmentPath, type Stream } from './log-segments.ts';
import { LogWriter } from './log-writer.ts';

function write(writer: LogWriter, stream: Stream, text: string, timeMs?: number): void {
  writer.write(stream, Buffer.from(text), Buffer.byteLength(text), timeMs);
}

function openWriter(context: TestContext, folder: string, maxSize: number): LogWriter {
  const writer = new LogWriter(folder, maxSize);
  atEnd(context, () => writer.close());
  return writer;
}

/** All that is kept: `out:` or `err:` before each piece. */
function readAll(folder: string): string {
  return [...new LogReader(folder).pieces(0, Infinity)]
    .map(({ stream, bytes }) => `${stream.slice(3)}:${bytes.toString()}`)
    .join(' ');
}

test('keeps a log in eight segments and drops the oldest', (t) => {
  const folder = scratchFolder(t);
  const writer = openWriter(t, folder, 800);
  const written = Buffer.from(Array.from({ length: 3000 }, (_, at) => at & 0x7f));
  for (let at = 0, size = 1; at < written.length; at += size, size = (size * 7 + 3) % 151) {
    const part = written.subarray(at, at + size);
    writer.write('stdout', part, part.length);
    const segments = listSegments(folder);
    assert.ok(segments.length <= 8);
    assert.equal(readdirSync(folder).length, 2 * segments.length);
    for (const start of segments) {
      assert.equal(start % 100, 0);
      assert.ok(statSync(segmentPath(folder, start)).size <= 100);
      assert.ok(existsSync(indexPath(folder, start)));
    }
    const { start, end } = new LogReader(folder).range();
    assert.equal(end, writer.end);
    assert.ok(end - start > Math.min(700, end - 1), `of ${end} bytes, those from ${start} on are kept`);
  }
  assert.equal(writer.end, written.length);
  const pieces = [...new LogReader(folder).pieces(0, Infinity)];
  assert.deepEqual(Buffer.concat(pieces.map(({ bytes }) => bytes)), written.subarray(pieces[0]!.offset));
  assert.equal(writer.unstored, 0);
});

test('exceeds its limit for what must be kept, and drops that once it need not be', (t) => {
  const folder = scratchFolder(t);
  const writer = openWriter(t, folder, 80);
  writer.keepFrom(15);
  write(writer, 'stdout', 'x'.repeat(200));
  assert.deepEqual([new LogReader(folder).range(), writer.isOverfull], [{ start: 10, end: 200 }, true]);
  writer.keepFrom(100);
  assert.deepEqual([new LogReader(folder).range(), writer.isOverfull], [{ start: 100, end: 200 }, true]);
  writer.keepFrom(Infinity);
  assert.deepEqual([new LogReader(folder).range(), writer.isOverfull], [{ start: 120, end: 200 }, false]);
  write(writer, 'stdout', 'x');
  assert.deepEqual([new LogReader(folder).range(), writer.isOverfull], [{ start: 130, end: 201 }, false]);
});

test('stores only the given number of bytes of a buffer', (t) => {
  const folder = scratchFolder(t);
  openWriter(t, folder, 8000).write('stdout', Buffer.from('newold'), 3);
  assert.equal(readAll(folder), 'out:new');
});

test('writes a record when the stream changes, after 100 ms, and when the clock was set back', (t) => {
  const folder = scratchFolder(t);
  const writer = openWriter(t, folder, 8000);
  const records = (): number => statSync(indexPath(folder, 0)).size / 16 - 1;
  const expected: [Stream, number, number][] = [
    ['stdout', 1000, 1],
    ['stdout', 1099, 1],
    ['stdout', 1100, 2],
    ['stderr', 1100, 3],
    ['stdout', 1101, 4],
    ['stdout', 500, 5],
    ['stdout', 599, 5],
  ];
  for (const [stream, timeMs, count] of expected) {
    write(writer, stream, 'x', timeMs);
    assert.equal(records(), count);
  }
});

// Promise: other-users
test('creates the files of a log for their owner only', { skip: process.platform === 'win32' }, (t) => {
  const folder = join(scratchFolder(t), 'a');
  openWriter(t, folder, 8000);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
});

test('throws if the folder cannot be created at the beginning', (t) => {
  const path = join(scratchFolder(t), 'file');
  writeFileSync(path, '');
  assert.throws(() => new LogWriter(path, 8000), { code: 'ENOTDIR' });
});

test('does not recreate the storage folder of a log if it is deleted', (t) => {
  const storage = join(scratchFolder(t), 'storage');
  mkdirSync(storage);
  const writer = openWriter(t, join(storage, 'jobs', 'job'), 80);
  rmSync(storage, { recursive: true });
  write(writer, 'stdout', 'x'.repeat(30));
  assert.equal(writer.unstored, 30);
  assert.equal(existsSync(storage), false);
});

test('continues in a new folder with the next record if the folder is deleted', (t) => {
  const folder = scratchFolder(t);
  const writer = openWriter(t, folder, 80);
  write(writer, 'stdout', '0123456789ab');
  rmSync(folder, { recursive: true });
  write(writer, 'stderr', 'cdefghijklmnopqrstuvwxyz');
  assert.equal(writer.end, 36);
  assert.equal(writer.unstored, 0);
  assert.deepEqual(new LogReader(folder).range(), { start: 12, end: 36 });
  assert.equal(readAll(folder), 'err:cdefghijkl err:mnopqrstuv err:wxyz');
});

test('counts bytes as not stored while the folder cannot be recreated, and then continues', (t) => {
  const folder = join(scratchFolder(t), 'log');
  const writer = openWriter(t, folder, 80);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file is in its place');
  write(writer, 'stdout', '0123456789ab');
  write(writer, 'stdout', 'lost');
  assert.deepEqual([writer.end, writer.unstored], [0, 16]);
  rmSync(folder);
  write(writer, 'stderr', 'back');
  assert.deepEqual([writer.end, writer.unstored], [4, 16]);
  assert.equal(readAll(folder), 'err:back');
});

// Promise: disk-full
test('keeps what fits on a full disk, counts the rest, and continues once there is space', (t) => {
  const disk = mountTinyDisk(t, 64);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs');
    return;
  }
  const folder = join(disk, 'log');
  const writer = openWriter(t, folder, 1 << 20);
  write(writer, 'stdout', 'kept ');
  const makeRoom = fillDisk(disk);
  for (let count = 0; count < 10; count++) {
    write(writer, 'stdout', 'o'.repeat(1000));
    write(writer, 'stderr', 'e'.repeat(1000));
  }
  const { end } = writer;
  assert.equal(end + writer.unstored, 5 + 20 * 1000);
  assert.ok(end > 1000 && writer.unstored > 15_000);
  assert.match(readAll(folder), /^out:kept o+ err:e+ (out:o+ err:e+ )*out:o+$/);
  makeRoom();
  write(writer, 'stdout', 'one');
  write(writer, 'stderr', 'two');
  assert.equal(writer.end, end + 6);
  const after = [...new LogReader(folder).pieces(end, Infinity)];
  assert.deepEqual(
    after.map(({ stream, offset, bytes }) => [stream, offset, bytes.toString()]),
    [
      ['stdout', end, 'one'],
      ['stderr', end + 3, 'two'],
    ],
  );
});

// Promise: disk-full
test('leaves no file descriptor open if a segment cannot be created on a full disk', (t) => {
  const disk = mountTinyDisk(t, 64);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs');
    return;
  }
  const writer = openWriter(t, join(disk, 'log'), 80);
  write(writer, 'stdout', 'one segment'.slice(0, 10));
  fillDisk(disk);
  write(writer, 'stdout', 'more than goes in');
  const open = readdirSync('/proc/self/fd').length;
  for (let count = 0; count < 50; count++) write(writer, 'stdout', 'some more');
  assert.equal(readdirSync('/proc/self/fd').length, open);
  assert.equal(writer.end + writer.unstored, 27 + 50 * 9);
});

test('continues the log of a finished job, but does not recreate it if it was deleted', (t) => {
  const folder = join(scratchFolder(t), 'log');
  const writer = openWriter(t, folder, 80);
  write(writer, 'stdout', 'one ');
  writer.stopRestoring();
  write(writer, 'stderr', 'two ');
  assert.equal(readAll(folder), 'out:one  err:two ');
  rmSync(folder, { recursive: true });
  write(writer, 'stdout', 'three ');
  write(writer, 'stdout', 'more than a segment');
  assert.equal(existsSync(folder), false);
  assert.equal(writer.end + writer.unstored, 4 + 4 + 6 + 19);
});

test(
  'a log that cannot be begun leaves no file descriptor open',
  { skip: process.platform !== 'linux' },
  (t) => {
    const folder = scratchFolder(t);
    mkdirSync(segmentPath(folder, 0));
    const open = readdirSync('/proc/self/fd').length;
    assert.throws(() => new LogWriter(folder, 80), { code: 'EISDIR' });
    assert.equal(readdirSync('/proc/self/fd').length, open);
  },
);
