import assert from 'node:assert/strict';
import { rmSync, truncateSync } from 'node:fs';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { KnownFiles } from '../../log/read/log-files.ts';
import { LogReader } from '../../log/read/log-reader.ts';
import { RecentOutput } from '../../log/read/recent-output.ts';
import { segmentPath, segmentSizeOf } from '../../log/store/log-segments.ts';
import { LogWriter } from '../../log/store/log-writer.ts';
import { RawOutput } from './raw-output.ts';

const MAX_SIZE = 1 << 20;
const SEGMENT_BYTES = segmentSizeOf(MAX_SIZE);

/** Writes a log, and reads it as a view does. */
function openLog(folder: string, text: string) {
  const writer = new LogWriter(folder, MAX_SIZE);
  const write = (more: string): void => writer.write('stdout', Buffer.from(more), Buffer.byteLength(more));
  write(text);
  const files = new KnownFiles(folder, SEGMENT_BYTES);
  const reader = new LogReader(folder, undefined, files, new RecentOutput());
  return { reader, write, close: () => writer.close(), output: new RawOutput(() => reader) };
}

/** Reads to the end of the log, in as many portions as that takes. */
function readAll(output: RawOutput, end: number): string {
  let text = '';
  for (let portions = 0; output.cursor < end; portions++) {
    assert.ok(portions < 100, 'it does not come to the end');
    text += output.read(end);
  }
  return text;
}

// Promise: cut-files
test('comes to the end of a log whose last file was deleted or cut while it was shown', (t) => {
  const damages: [kept: number, damage: (path: string) => void][] = [
    [0, (path) => rmSync(path)],
    [0, (path) => truncateSync(path)],
    [10_000, (path) => truncateSync(path, 10_000)],
  ];
  for (const [kept, damage] of damages) {
    const folder = scratchFolder(t);
    const size = SEGMENT_BYTES + 100_000;
    const { reader, output, close } = openLog(folder, 'x'.repeat(size));
    assert.equal(reader.range().end, size);
    damage(segmentPath(folder, SEGMENT_BYTES));
    assert.equal(reader.range().end, size);
    assert.equal(readAll(output, size).length, SEGMENT_BYTES + kept);
    close();
  }
});

test('holds back a sequence until it is complete', (t) => {
  const { reader, write, close, output } = openLog(scratchFolder(t), 'a\x1b[3');
  assert.equal(readAll(output, reader.range().end), 'a');
  write('1mb');
  assert.equal(readAll(output, reader.range().end), '\x1b[31mb');
  write('c\x1b[');
  assert.equal(readAll(output, reader.range().end), 'c');
  assert.equal(output.rest(), '\x1b[');
  close();
});
