import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { search, type SearchRequest, type SearchResult } from './log-search.ts';

/** A stream that is interrupted by the other one comes in pieces. So some pieces are plain, and others are not. */
const PLAIN = fc.constantFrom(
  'a\n',
  'bc\r\n',
  '\n',
  'é漢\n',
  'tab\tb\n',
  'abcdef\n',
  'x\n'.repeat(20),
  'y\n'.repeat(70),
);
const OTHER = fc.constantFrom(
  ...['part', '\x1b[31mred\x1b[0m\n', '10%\r20%\n', '\r', '\x7f\n', '\ufeffmark\n', '\u0085\n'],
  ...[
    '\x1b[2Aup',
    '\x1b[9Aup\n',
    '\x1b[40A',
    '\x1b[3;1Hhome\n',
    '\x1b[J',
    '\x1b[4h',
    '\x1b(0',
    '\x1b[2b\n',
    '\x1b[',
  ],
);
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.array(PLAIN, { minLength: 1, maxLength: 4 }).map((some) => some.join('')) },
  { weight: 1, arbitrary: fc.array(OTHER, { minLength: 1, maxLength: 2 }).map((some) => some.join('')) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.of(0x41, 0xff), Buffer.of(0xc3), Buffer.of(0xa9, 0x0a)) },
);
const writes = fc.array(fc.tuple(fc.constantFrom(...STREAMS), bytes), { maxLength: 14 });
const requests = fc.record({
  pattern: fc.constantFrom('never', 'a', '^$', '^[xy]$', 'upc', '^.{2}$', '(?i)RED|%', '[^a]\\s'),
  context: fc.nat(3),
  maxMatches: fc.integer({ min: 1, max: 4 }),
  stream: fc.constantFrom(undefined, ...STREAMS),
  maxMs: fc.constantFrom(undefined, 0),
});

/** Searches without a fast path: that is only for the default encoding. The other results are the same. */
function searchSlowly(request: SearchRequest): SearchResult {
  return search({ ...request, encoding: 'utf-8' });
}

test('a search in plain text finds the same as one that draws each line', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(writes, requests, fc.nat(300), (written, options, from) => {
      const path = join(folder, String(run++));
      const writer = new LogWriter(path, 1 << 20);
      for (const [stream, text] of written) writer.write(stream, Buffer.from(text), Buffer.byteLength(text));
      writer.close();
      for (const cursor of [0, Math.min(from, writer.end)]) {
        const request = { ...options, folder: path, cursor };
        assert.deepEqual(search(request), searchSlowly(request));
      }
    }),
    { numRuns: cases(500) },
  );
});

test('a row that was drawn long before is known when the cursor moves back to it', (t) => {
  const folder = scratchFolder(t);
  const writer = new LogWriter(folder, 1 << 24);
  const write = (stream: Stream, text: string): void => writer.write(stream, Buffer.from(text), text.length);
  for (let at = 0; at < 30_000; at++) write('stdout', `line ${at}\n`);
  // Otherwise the log is read in blocks, and the last one has all rows of the screen.
  write('stderr', 'error\n');
  write('stdout', '\x1b[2A\x1b[9C!\x1b[B\x1b[9G?\n');
  writer.close();
  const { matches } = search({ folder, cursor: 0, pattern: '[!?]', context: 0, maxMatches: 9 });
  assert.deepEqual(
    matches.map(({ text }) => text),
    ['line 2999!', 'line 299?9'],
  );
});
