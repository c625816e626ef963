import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { Stream } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readTail } from './log-tail.ts';
import { readRaw } from './raw-page.ts';
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

test('marks a page as replacing if its first line is erased again and again', (t) => {
  for (const length of [1, 100, 300, 2500]) {
    const before: [Stream, string][] = [['stdout', 'v'.repeat(length)]];
    for (const count of [1, 2, 400])
      assert.deepEqual(pageBehind(t, before, ['stdout', '\r\x1b[K漢'.repeat(count)]), ['漢', 'replaces']);
    const line = pageBehind(t, before, ['stdout', `${'\r\x1b[K漢'.repeat(400)}\n`]);
    assert.deepEqual(line, ['漢\n', 'replaces']);
  }
});

test('a page that changes the line before it begins with the whole line, however the cursor moved back', (t) => {
  const cases = [
    ['prompt# ', '\r\x1b[8Chello\n', 'prompt# hello\n'],
    ['dl 10%', '\b\b\b20%', 'dl 20%'],
    ['dl 10%\b\b\b', '20%', 'dl 20%'],
    ['dl 10%', '\x1b[3D20%', 'dl 20%'],
    ['dl 10%', '\x1b[4G20%', 'dl 20%'],
    ['dl 10%', '\x1b[4`20%', 'dl 20%'],
    ['dl 10%', '\x1b[1;4H20%', 'dl 20%'],
    ['dl \x1b710%', '\x1b820%', 'dl 20%'],
    ['dl \x1b[s10%', '\x1b[u20%', 'dl 20%'],
    ['dl\t10%', '\x1b[Z20%', 'dl\t20%'],
    ['dl 10%', '\r\x1b[3C\x1b[K', 'dl '],
    ['dl 10%', '\r\x1b[3P', '10%'],
    ['dl 10%', '\r\x1b[2X', '   10%'],
    ['dl 10%', '\r\x1b[4hnow \n', 'now dl 10%\n'],
    ['漢字 10%', '\b\b\b20%', '漢字 20%'],
    // Redrawn as it was, as shells do with a prompt.
    ['prompt# ', '\r\x1b[Kprompt# ', 'prompt# '],
    ['10%', '\r\x1b[K', ''],
    // Erased and finished at once, as by a spinner at its end.
    ['10%', '\r\x1b[Kdone\n', 'done\n'],
    ['10%', '20%\r\x1b[2Kdone\n', 'done\n'],
  ] as const;
  for (const [before, after, line] of cases) {
    const named = JSON.stringify([before, after]);
    const reader = logOf(t, 1 << 20, ['stdout', before], ['stdout', after]);
    const cursor = Buffer.byteLength(before);
    const { text, continued } = readText(reader, { cursor, maxBytes: 1000, ended: true });
    assert.deepEqual([text, continued], [line, 'replaces'], named);
    assert.equal(readText(reader, { cursor: 0, maxBytes: 1000, ended: true }).text, line, named);
    // Bytes replace nothing.
    assert.equal(readRaw(reader, { cursor, maxBytes: 1000, ended: true }).continued, true, named);
  }
});

test('a page that only adds to the line before it begins behind that', (t) => {
  const added = [
    '\x1b[0m!',
    '\x1b[K!',
    '\x1b[1C!',
    '\x1b[20G!',
    '\x1b[D\x1b[C\n',
    '\r\r\n',
    '\t!',
    '\x1b[3@!',
  ];
  for (const after of added) {
    const reader = logOf(t, 1 << 20, ['stdout', 'dl 10%'], ['stdout', after]);
    const { text, continued } = readText(reader, { cursor: 6, maxBytes: 1000, ended: true });
    assert.equal(continued, true, JSON.stringify(after));
    assert.equal(`dl 10%${text}`, readText(reader, { cursor: 0, maxBytes: 1000, ended: true }).text);
  }
});

test('a line that is too long for its page is replaced without its beginning', (t) => {
  const reader = logOf(t, 1 << 20, ['stdout', 'x'.repeat(300)], ['stdout', '\r20%']);
  const page = readText(reader, { cursor: 300, maxBytes: 1000, ended: true });
  assert.deepEqual([page.text, page.continued], ['20%', 'replaces']);
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

/** Writes, deletes the log, and writes again. @returns the text that is kept, and whether it is continued, twice */
function afterDeletion(t: TestContext, before: [Stream, string][], after: [Stream, string][]): unknown[] {
  const reader = new LogReader(scratchFolder(t));
  const writer = new LogWriter(reader.folder, 1 << 20);
  let timeMs = 0;
  const write = (chunks: [Stream, string][]): void => {
    // The writer looks for its file with each index record.
    for (const [stream, text] of chunks)
      writer.write(stream, Buffer.from(text), Buffer.byteLength(text), (timeMs += 1000));
  };
  write(before);
  rmSync(reader.folder, { recursive: true });
  write(after);
  writer.close();
  const page = readText(reader, { cursor: 0, maxBytes: 1000, ended: true });
  const tail = readTail(reader, { lines: 5, maxBytes: 1000, ended: true });
  assert.deepEqual([tail.text, tail.continued], [page.text, page.continued]);
  assert.equal(tail.cut?.beginning, page.continued === true ? 'dropped' : undefined);
  return [page.text, page.continued];
}

test('marks the first line behind what was deleted as continued only if it began there', (t) => {
  assert.deepEqual(afterDeletion(t, [['stdout', '1\n2\n']], [['stdout', 'more\n']]), ['more\n', false]);
  assert.deepEqual(afterDeletion(t, [['stdout', '1\n2']], [['stdout', 'more\n']]), ['more\n', true]);
  assert.deepEqual(afterDeletion(t, [['stdout', '1\n']], [['stdout', '\x1b[1mmore']]), ['more', false]);
  assert.deepEqual(afterDeletion(t, [['stdout', '1']], [['stdout', '\x1b[1mmore']]), ['more', true]);
  const half: [Stream, string] = ['stderr', 'half'];
  assert.deepEqual(afterDeletion(t, [['stdout', '1\n'], half], [['stderr', 'a\n']]), ['a\n', true]);
  assert.deepEqual(afterDeletion(t, [half, ['stdout', '1\n']], [['stdout', '\x1b[mb\n']]), ['b\n', false]);
});

test('a tail of a line that is longer than its limit says where it begins behind dropped lines', (t) => {
  const lines: [Stream, string][] = Array.from({ length: 20 }, () => ['stdout', `${'x'.repeat(99)}\n`]);
  const reader = logOf(t, 800, ...lines);
  const { start } = reader.range();
  assert.ok(start > 0);
  const { cut } = readTail(reader, { lines: 20, maxBytes: 90, ended: true });
  assert.equal(cut?.beginning, 'found');
  const page = readText(reader, { cursor: 0, maxBytes: 1000, ended: true });
  assert.deepEqual([page.start, page.continued], [start, false]);
});
