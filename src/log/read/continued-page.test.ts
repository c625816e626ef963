import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { Stream } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import { readText } from './text-page.ts';

function logOf(context: TestContext, maxSize: number, ...chunks: [Stream, string][]): LogReader {
  const reader = new LogReader(scratchFolder(context));
  const writer = new LogWriter(reader.folder, maxSize);
  for (const [stream, text] of chunks) writer.write(stream, Buffer.from(text), Buffer.byteLength(text));
  writer.close();
  return reader;
}

/** The page behind `before`: its text, and whether and how its first line is continued. */
function pageBehind(t: TestContext, before: [Stream, string][], ...after: [Stream, string][]): unknown[] {
  const reader = logOf(t, 1 << 20, ...before, ...after);
  const cursor = before.reduce((sum, [, text]) => sum + text.length, 0);
  const { text, continued } = readText(reader, { cursor, maxBytes: 1000, ended: true });
  return [text, continued];
}

test('does not mark a page that begins with a line as continued', (t) => {
  assert.deepEqual(pageBehind(t, [], ['stdout', 'a']), ['a', false]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x\n']], ['stdout', 'a']), ['a', false]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x\r\n']], ['stdout', 'a']), ['a', false]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x\n']], ['stdout', '\ra']), ['a', false]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x\n\x1b[0m']], ['stdout', 'a']), ['a', false]);
});

test('marks a page that begins in the middle of a line as continued', (t) => {
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stdout', 'a']), ['a', true]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stdout', '\n']), ['\n', true]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stdout', 'a\nb\rc']), ['a\nc', true]);
});

test('marks a page that overwrites its first line as replacing, wherever the carriage return is', (t) => {
  const bar = ['20%', 'replaces'];
  assert.deepEqual(pageBehind(t, [['stdout', '10%']], ['stdout', '\r20%']), bar);
  assert.deepEqual(pageBehind(t, [['stdout', '10%\r']], ['stdout', '20%']), bar);
  assert.deepEqual(pageBehind(t, [['stdout', '10%\r']], ['stdout', '20%\r']), bar);
  assert.deepEqual(pageBehind(t, [['stdout', '10']], ['stdout', '%\r20%']), bar);
  assert.deepEqual(pageBehind(t, [['stdout', '10%']], ['stdout', '\x1b[2K\r20%']), bar);
  assert.deepEqual(
    pageBehind(t, [['stdout', '10%']], ['stderr', ''], ['stdout', '\r'], ['stdout', '20%']),
    bar,
  );
});

test('does not mark a page as replacing if a line end of CR and LF is cut between them', (t) => {
  assert.deepEqual(pageBehind(t, [['stdout', 'x\r']], ['stdout', '\na\n']), ['\na\n', true]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stdout', '\r\na\n']), ['\na\n', true]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x\r']], ['stdout', '\r\na\n']), ['\na\n', true]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stdout', '\r'], ['stderr', 'e\n'], ['stdout', '\n']), [
    'e\n\n',
    false,
  ]);
});

test('marks a page by the stream of its first line only', (t) => {
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stderr', 'e\n'], ['stdout', 'y\n']), ['e\ny\n', false]);
  assert.deepEqual(pageBehind(t, [['stdout', 'x']], ['stderr', 'e'], ['stdout', 'y\n'], ['stderr', '\n']), [
    'y\ne\n',
    true,
  ]);
  assert.deepEqual(
    pageBehind(
      t,
      [
        ['stdout', 'x'],
        ['stderr', 'e\n'],
      ],
      ['stderr', 'f\n'],
    ),
    ['f\n', false],
  );
});

test('marks the rest of a dropped line as continued', (t) => {
  const reader = logOf(t, 80, ['stdout', `${'0123456789'.repeat(9)}\n`], ['stderr', 'e\n']);
  const first = { cursor: 0, maxBytes: 100, ended: true };
  assert.deepEqual([reader.range().start, readText(reader, first).continued], [20, true]);
  assert.equal(readText(reader, { ...first, stream: 'stderr' }).continued, false);
});

test('marks a tail whose first line is cut as continued', (t) => {
  const request = { lines: 1, maxBytes: 100, ended: true };
  const short = logOf(t, 1 << 20, ['stdout', `a\n${'x'.repeat(99)}\n`]);
  assert.equal(readTail(short, request).continued, false);
  const long = logOf(t, 1 << 20, ['stdout', `a\n${'x'.repeat(100)}\n`]);
  assert.deepEqual(
    [readTail(long, request).text, readTail(long, request).continued],
    [`${'x'.repeat(99)}\n`, true],
  );
});
