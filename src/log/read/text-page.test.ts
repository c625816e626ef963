import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { Stream } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { ResumedStreams } from './resumed-streams.ts';
import { readText, type TextPage } from './text-page.ts';

function logOf(context: TestContext, ...chunks: [Stream, string | Uint8Array][]): LogReader {
  const reader = new LogReader(scratchFolder(context));
  const writer = new LogWriter(reader.folder, 1 << 24);
  for (const [stream, bytes] of chunks) writer.write(stream, Buffer.from(bytes), Buffer.byteLength(bytes));
  writer.close();
  return reader;
}

/** All pages up to the end. */
function readPages(reader: LogReader, maxBytes: number, stream?: Stream): TextPage[] {
  const pages: TextPage[] = [];
  for (let cursor = 0; cursor < reader.range().end; cursor = pages.at(-1)!.next) {
    const page = readText(reader, { cursor, maxBytes, stream, ended: true });
    assert.ok(Buffer.byteLength(page.text) <= maxBytes);
    assert.ok(page.next > cursor, 'it continues');
    pages.push(page);
  }
  return pages;
}

function textOf(reader: LogReader, stream?: Stream): string {
  return readText(reader, { cursor: 0, maxBytes: 10_000, stream, ended: true }).text;
}

test('shows lines as a person sees them', (t) => {
  const reader = logOf(t, ['stdout', '\x1b[32mok\x1b[0m\r\n10%\r\x1b[K20%\nab\bc\n']);
  assert.equal(textOf(reader), 'ok\n20%\nac\n');
});

test('shows a progress bar that was drawn 5,000 times as one line', (t) => {
  const bar = Array.from({ length: 5000 }, (_, at) => `\r[${'#'.repeat(at / 100).padEnd(50)}] ${at + 1}`);
  const reader = logOf(t, ['stdout', 'begin\n'], ['stdout', bar.join('')], ['stdout', '\ndone\n']);
  const pages = readPages(reader, 200);
  assert.deepEqual(
    pages.map(({ text }) => text),
    [`begin\n[${'#'.repeat(49)} ] 5000\ndone\n`],
  );
});

test('reads the output of a page once, however long it took to draw', (t) => {
  const bar = Array.from(
    { length: 5000 },
    (_, at) => `\r[${'#'.repeat(at / 100).padEnd(50)}] ${at + 1}`,
  ).join('');
  for (const end of ['', '\n']) {
    const reader = logOf(t, ['stdout', bar + end]);
    const pieces = t.mock.method(LogReader.prototype, 'pieces').mock;
    readText(reader, { cursor: 0, maxBytes: 200, ended: false });
    // A look at the first bytes tells that the text has to be formed.
    const long = pieces.calls.filter(({ arguments: [from, to] }) => to - from > 201);
    assert.deepEqual([long.length, pieces.callCount()], [1, 2]);
    pieces.restore();
  }
});

test('forms no lines for a page of plain text, however many lines it has', (t) => {
  const reader = logOf(t, ['stdout', 'y\n'.repeat(100_000)], ['stderr', 'x\n'.repeat(10)]);
  const assembler = t.mock.method(ResumedStreams.prototype, 'assembler').mock;
  const page = readText(reader, { cursor: 0, maxBytes: 99_999, ended: true });
  assert.deepEqual([page.text, page.next, page.partial], ['y\n'.repeat(49_999), 99_998, false]);
  const last = readText(reader, { cursor: 199_998, maxBytes: 99_999, ended: true });
  assert.deepEqual([last.text, last.next], [`y\n${'x\n'.repeat(10)}`, 200_020]);
  assert.equal(assembler.callCount(), 0);
});

test('shows a progress bar of more than 1 MiB in several pages, each with its last state', (t) => {
  const bar = Array.from({ length: 100_000 }, (_, at) => `\r${'#'.repeat(20)} ${at}`);
  const pages = readPages(logOf(t, ['stdout', bar.join('')], ['stdout', '\n']), 200);
  assert.ok(pages.length > 1 && pages.length < 5);
  for (const { text } of pages) assert.match(text, /^#{20} \d+\n?$/);
  assert.equal(pages.at(-1)!.text, `${'#'.repeat(20)} 99999\n`);
  assert.ok(pages.slice(1).every(({ continued }) => continued === 'replaces'));
});

test('ends a page at a line end if it contains one', (t) => {
  const reader = logOf(t, ['stdout', Array.from({ length: 100 }, (_, at) => `line ${at}\n`).join('')]);
  const pages = readPages(reader, 64);
  assert.ok(pages.length > 10);
  for (const page of pages) {
    assert.match(page.text, /^(line \d+\n)+$/);
    assert.deepEqual([page.partial, page.continued], [false, false]);
    assert.ok(page.text.length > 50 || page.next === page.end, 'it is filled');
  }
});

test('continues a line that is longer than a page in the next one', (t) => {
  const line = 'é'.repeat(500);
  const pages = readPages(logOf(t, ['stdout', `${line}\nnext\n`]), 100);
  assert.equal(pages.map(({ text }) => text).join(''), `${line}\nnext\n`);
  pages.forEach(({ partial, continued, next, end }, at) => {
    if (next < end) assert.deepEqual([partial, continued], [true, at > 0]);
  });
});

test('shows an unfinished last line', (t) => {
  const page = readText(logOf(t, ['stdout', 'one\nPassword: ']), { cursor: 0, maxBytes: 100, ended: false });
  assert.deepEqual([page.text, page.partial, page.next], ['one\nPassword: ', true, 14]);
});

test('shows unfinished lines of both streams below each other', (t) => {
  const reader = logOf(t, ['stderr', 'warn'], ['stdout', '50%'], ['stderr', 'ing']);
  assert.equal(textOf(reader), 'warning\n50%');
  assert.equal(textOf(reader, 'stdout'), '50%');
});

test('does not show a line for a color that is reset after the last line end', (t) => {
  const reader = logOf(
    t,
    ['stdout', '\x1b[31mred\n\x1b[0m'],
    ['stderr', '\x1b[m'],
    ['stderr', '50%\r\x1b[K'],
  );
  const page = readText(reader, { cursor: 0, maxBytes: 100, ended: true });
  assert.deepEqual([page.text, page.partial, page.next], ['red\n', false, page.end]);
});

test('does not cut a line of stdout at a line of stderr', (t) => {
  const reader = logOf(t, ['stdout', 'com'], ['stderr', 'warning\n'], ['stdout', 'piled\n']);
  assert.equal(textOf(reader), 'warning\ncompiled\n');
  assert.equal(textOf(reader, 'stdout'), 'compiled\n');
  assert.equal(textOf(reader, 'stderr'), 'warning\n');
});

test('prefers to end a page where neither stream is in the middle of a line', (t) => {
  const reader = logOf(
    t,
    ['stdout', `${'a'.repeat(30)}\nlong `],
    ['stderr', `${'b'.repeat(40)}\n`],
    ['stdout', 'line\n'],
  );
  assert.deepEqual(
    readPages(reader, 64).map(({ text }) => text),
    [`${'a'.repeat(30)}\n`, `${'b'.repeat(40)}\nlong line\n`],
  );
});

test('shows an incomplete character at the end only once the job has exited', (t) => {
  const reader = logOf(t, ['stdout', Buffer.concat([Buffer.from('abc'), Buffer.of(0xe2, 0x82)])]);
  const page = (ended: boolean): unknown[] => {
    const { text, next } = readText(reader, { cursor: 0, maxBytes: 100, ended });
    return [text, next];
  };
  assert.deepEqual(page(false), ['abc', 3]);
  assert.deepEqual(page(true), ['abc\ufffd', 5]);
  const empty = readText(reader, { cursor: 3, maxBytes: 100, ended: false });
  assert.deepEqual([empty.text, empty.next, empty.partial, empty.continued], ['', 3, false, false]);
});

test('includes what becomes visible at the end of a job in the size of the page', (t) => {
  for (let length = 50; length <= 64; length++) {
    for (const half of [[0xe2, 0x82], [0xf0, 0x80, 0x80], [0xc3]]) {
      const bytes = Buffer.concat([Buffer.alloc(length, 'x'), Buffer.from(half)]);
      const pages = readPages(logOf(t, ['stdout', bytes]), 64);
      assert.equal(pages.map(({ text }) => text).join(''), bytes.toString());
    }
  }
});

test('keeps the size of a page with blanks from cursor movement', (t) => {
  const input = '\x1b[70G[ok]\nname\x1b[400G[ok]\x1b[900Cfar\n\x1b[99G';
  const pages = readPages(logOf(t, ['stdout', input], ['stderr', input]), 64);
  const shown = pages.map(({ text }) => text).join('');
  assert.equal(shown.replaceAll(' ', '').replaceAll('\n', ''), '[ok]name[ok]far'.repeat(2));
  assert.equal(
    textOf(logOf(t, ['stdout', input])).split('\n')[1],
    `name${' '.repeat(395)}[ok]${' '.repeat(97)}far`,
  );
});

test('keeps the size of a page while the other stream is inside an escape sequence', (t) => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');
  const reader = logOf(t, ['stdout', '\x1b]0;title'], ['stderr', lines], ['stdout', '\x07end\n']);
  assert.equal(
    readPages(reader, 64, 'stderr')
      .map(({ text }) => text)
      .join(''),
    lines,
  );
});

test('reads past the stream that was not requested', (t) => {
  const chunks = Array.from({ length: 500 }, (_, at): [Stream, string] => {
    return at % 2 === 0 ? ['stderr', `\r${'#'.repeat(at)}`] : ['stdout', `line ${at}\n`];
  });
  const pages = readPages(logOf(t, ...chunks), 100, 'stdout');
  assert.equal(
    pages.map(({ text }) => text).join(''),
    chunks.map(([stream, text]) => (stream === 'stdout' ? text : '')).join(''),
  );
});

test('reports a line as cut only if it is longer than a page', (t) => {
  const amidSequence = logOf(
    t,
    ['stdout', 'ab'],
    ['stderr', '\x1b['],
    ['stdout', `${'c'.repeat(40)}\n${'d'.repeat(40)}\n`],
  );
  const short = readText(amidSequence, { cursor: 0, maxBytes: 64, ended: false });
  assert.deepEqual([short.text, short.partial, short.cut], ['ab', true, undefined]);
  const long = logOf(t, ['stdout', `${'x'.repeat(100)}\nend\n`]);
  const page = readText(long, { cursor: 0, maxBytes: 64, ended: true });
  assert.deepEqual(page.cut, { start: 0, bytes: 100, isWhole: true, beginning: 'found' });
  assert.equal(readText(long, { cursor: page.next, maxBytes: 64, ended: true }).cut, undefined);
});
