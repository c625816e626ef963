import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { LogReader } from '../../log/read/log-reader.ts';
import { readTail } from '../../log/read/log-tail.ts';
import { readText, type TextPage } from '../../log/read/text-page.ts';
import { LogWriter } from '../../log/store/log-writer.ts';
import { readFoldedPage, readFoldedTail } from './folded-page.ts';

function logOf(context: TestContext, text: string): LogReader {
  const folder = scratchFolder(context);
  const writer = new LogWriter(folder, 1 << 28);
  writer.write('stdout', Buffer.from(text), Buffer.byteLength(text));
  writer.close();
  return new LogReader(folder);
}

function pageOf(log: LogReader, cursor: number, maxBytes: number): TextPage {
  const read = (from: number, bytes: number): TextPage =>
    readText(log, { cursor: from, maxBytes: bytes, ended: true });
  return readFoldedPage(read, cursor, maxBytes);
}

/** Repeats each folded line as often as its mark says. */
function unfold(text: string): string {
  return text.replace(/(.*\n)\[repeated ([\d,]+) more times\]\n/g, (_, line: string, count: string) =>
    line.repeat(1 + Number(count.replaceAll(',', ''))),
  );
}

test('a page holds thousands of repeated lines and what follows them', (t) => {
  const text = `begin\n${'waiting for the server\n'.repeat(5000)}end\n`;
  const page = pageOf(logOf(t, text), 0, 1000);
  assert.equal(page.text, 'begin\nwaiting for the server\n[repeated 4,999 more times]\nend\n');
  assert.deepEqual([page.start, page.next, page.end], [0, text.length, text.length]);
});

test('a page ends where it is full, and the next one continues at its cursor', (t) => {
  const numbers = Array.from({ length: 500 }, (_, at) => `number ${at}\n`).join('');
  const text = `${'waiting for the server\n'.repeat(5000)}${numbers}${'waiting\n'.repeat(50)}`;
  const log = logOf(t, text);
  let shown = '';
  let pages = 0;
  for (let cursor = 0; cursor < text.length; pages++) {
    const page = pageOf(log, cursor, 1000);
    assert.ok(Buffer.byteLength(page.text) <= 1000);
    assert.equal(page.start, cursor);
    shown += unfold(page.text);
    cursor = page.next;
  }
  assert.equal(shown, text);
  assert.ok(pages < 12, `${pages} pages`);
});

test('one reply folds a megabyte at most', (t) => {
  const log = logOf(t, 'waiting\n'.repeat(1_000_000));
  const page = pageOf(log, 0, 8000);
  assert.ok(page.next > 900_000 && page.next <= 2 * 1024 * 1024, String(page.next));
  assert.equal(unfold(page.text).length, page.next);
});

test('pages show every line once, for any text', (t) => {
  const line = fc.constantFrom('a\n', 'waiting for it\n', '\n', `${'long '.repeat(30)}\n`, 'other\n');
  const run = fc.tuple(line, fc.integer({ min: 1, max: 60 })).map(([each, count]) => each.repeat(count));
  const texts = fc.tuple(fc.array(run, { maxLength: 20 }), fc.constantFrom('', 'unfinished'));
  fc.assert(
    fc.property(texts, fc.integer({ min: 64, max: 2000 }), ([runs, rest], maxBytes) => {
      const text = runs.join('') + rest;
      const log = logOf(t, text);
      let shown = '';
      for (let cursor = 0; cursor < text.length;) {
        const page = pageOf(log, cursor, maxBytes);
        assert.ok(Buffer.byteLength(page.text) <= maxBytes);
        assert.ok(page.next > cursor);
        shown += unfold(page.text);
        cursor = page.next;
      }
      // A line that is longer than a page comes in parts.
      if (maxBytes > 160) assert.equal(shown, text);
    }),
    { numRuns: cases(100) },
  );
});

test('a tail looks back over thousands of repeated lines', (t) => {
  const text = `begin\n${'waiting for the server\n'.repeat(500)}end\n`;
  const log = logOf(t, text);
  const tail = readFoldedTail((maxBytes) => readTail(log, { lines: 1000, maxBytes, ended: true }), 1000);
  assert.equal(tail.text, 'begin\nwaiting for the server\n[repeated 499 more times]\nend\n');
  assert.deepEqual([tail.lines, tail.start, tail.next], [502, 0, text.length]);
});
