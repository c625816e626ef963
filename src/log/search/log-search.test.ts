import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { LogReader } from '../read/log-reader.ts';
import { readText } from '../read/text-page.ts';
import { type Stream, STREAMS } from '../store/log-segments.ts';
import { LogWriter } from '../store/log-writer.ts';
import { type FoundLine, type Match, search, type SearchRequest, type SearchResult } from './log-search.ts';

type Chunk = readonly [Stream, string | Uint8Array];

function writeLog(folder: string, chunks: readonly Chunk[], maxSize = 1 << 24): string {
  const writer = new LogWriter(folder, maxSize);
  for (const [stream, bytes] of chunks) writer.write(stream, Buffer.from(bytes), Buffer.byteLength(bytes));
  writer.close();
  return folder;
}

function logOf(context: TestContext, ...chunks: Chunk[]): string {
  return writeLog(scratchFolder(context), chunks);
}

function find(folder: string, pattern: string, change: Partial<SearchRequest> = {}): SearchResult {
  return search({ folder, cursor: 0, pattern, context: 0, maxMatches: 100, ...change });
}

function texts(lines: readonly FoundLine[]): string[] {
  return lines.map(({ text }) => text);
}

/** Number, cursor and text, as a reply shows them. */
function show({ number, start, text }: FoundLine): string {
  return `${number}@${start}:${text}`;
}

/** All matches, `maxMatches` at a time. */
function findOn(folder: string, pattern: string, maxMatches: number, stream?: Stream): Match[] {
  const all: Match[] = [];
  for (let cursor = 0, more = true; more;) {
    const found = find(folder, pattern, { cursor, maxMatches, stream });
    assert.ok(!found.more || found.next > cursor, 'it continues');
    assert.ok(!found.more || found.matches.length >= maxMatches);
    all.push(...found.matches);
    ({ next: cursor, more } = found);
  }
  return all;
}

test('returns matches with their number, their cursor and the lines around them', (t) => {
  const folder = logOf(t, ['stdout', 'one\ntwo\nthree\nfour\nfive\nsix\n']);
  const { matches, more, lines, next } = find(folder, '^t|fi', { context: 2 });
  assert.deepEqual(matches.map(show), ['2@4:two', '3@8:three', '5@19:five']);
  assert.deepEqual(
    matches.map(({ before }) => texts(before)),
    [['one'], ['one', 'two'], ['three', 'four']],
  );
  assert.deepEqual(
    matches.map(({ after }) => texts(after)),
    [['three', 'four'], ['four', 'five'], ['six']],
  );
  assert.deepEqual([more, lines, next], [false, 6, 28]);
});

test('tries a pattern on lines as a person sees them', (t) => {
  const folder = logOf(
    t,
    ['stdout', '\x1b[31mer\x1b[0mror\r\n10%\r99%\ncom'],
    ['stderr', 'e\n'],
    ['stdout', 'piled\n'],
  );
  assert.deepEqual(find(folder, '^error$').matches.map(show), ['1@0:error']);
  assert.deepEqual(texts(find(folder, '\\d%').matches), ['99%']);
  assert.deepEqual(texts(find(folder, 'compiled').matches), ['compiled']);
  assert.deepEqual(texts(find(folder, '\\x1b|\\r|\\n').matches), []);
});

test('tries a pattern on what a line showed before it was overwritten', (t) => {
  const folder = logOf(t, [
    'stdout',
    'start\nCompiled\r\x1b[2KWatching\n10%\r20%\b\b\b30%\x1b[2K\rdone\nend\n',
  ]);
  assert.deepEqual(find(folder, 'Compiled').matches.map(show), ['2@6:Compiled']);
  assert.deepEqual(find(folder, 'Watching').matches.map(show), ['2@6:Watching']);
  assert.deepEqual(find(folder, '\\d0%').matches.map(show), ['3@28:10%'], 'a line matches once');
  for (const seen of ['10%', '20%', '30%', 'done']) {
    assert.deepEqual(texts(find(folder, `^${seen}$`).matches), [seen]);
  }
  const [match] = find(folder, 'Compiled', { context: 1 }).matches;
  assert.deepEqual([texts(match!.before), texts(match!.after)], [['start'], ['done']]);
});

test('tries a pattern on what a line in progress showed, also if it shows nothing now', (t) => {
  for (const now of ['', 'Watching', '\x1b[A', '\x1b[A\x1b[2B']) {
    const folder = logOf(t, ['stdout', `start\n\nCompiled\r\x1b[2K${now}`]);
    assert.deepEqual(texts(find(folder, 'Compiled').matches), ['Compiled'], JSON.stringify(now));
  }
});

test('does not try a pattern on a line that is half overwritten', (t) => {
  const folder = logOf(t, ['stdout', 'building 10%\rdone\x1b[32m now\x1b[K!\n']);
  assert.deepEqual(texts(find(folder, 'done.*%').matches), []);
  assert.deepEqual(texts(find(folder, 'done').matches), ['done now!']);
});

test('finds lines that a program leaves by moving to other rows, in their order', (t) => {
  const folder = logOf(t, [
    'stdout',
    'a 0%\nb 0%\n\x1b[2A\ra ERROR\x1b[K\x1b[2B\r\x1b[1A\rb ok\x1b[K\x1b[1B\rdone\n',
  ]);
  assert.deepEqual(find(folder, '').matches.map(show), [
    '1@0:a 0%',
    '2@5:b 0%',
    '3@14:a ERROR',
    '4@34:b ok',
    '5@46:done',
  ]);
});

test('searches and counts only the requested stream', (t) => {
  const folder = logOf(t, ['stdout', 'a1\n'], ['stderr', 'a2\na3'], ['stdout', 'a4\n'], ['stderr', '\n']);
  assert.deepEqual(find(folder, 'a', { stream: 'stderr' }).matches.map(show), ['1@3:a2', '2@6:a3']);
  assert.deepEqual(find(folder, 'a', { stream: 'stdout' }).matches.map(show), ['1@0:a1', '2@8:a4']);
  assert.deepEqual(find(folder, 'a').matches.map(show), ['1@0:a1', '2@3:a2', '3@8:a4', '4@6:a3']);
});

test('searches an unfinished last line, and again when it continues', (t) => {
  const folder = logOf(t, ['stdout', 'hello\nPassword: '], ['stderr', 'warn']);
  const prompt = find(folder, 'Pass.*');
  assert.deepEqual(prompt.matches.map(show), ['2@6:Password: ']);
  assert.deepEqual([prompt.more, prompt.next], [false, 6]);
  assert.deepEqual(texts(find(folder, 'warn').matches), ['warn']);
  assert.deepEqual(texts(find(folder, 'hello', { context: 2 }).matches[0]!.after), ['Password: ', 'warn']);
  assert.equal(
    find(folder, 'Pass|warn', { maxMatches: 1 }).matches.length,
    2,
    'the rest could never be requested',
  );
});

test('begins at the cursor, or with what is kept', (t) => {
  const folder = logOf(t, ['stdout', 'a1\na2\na3\n']);
  assert.deepEqual(find(folder, 'a', { cursor: 3 }).matches.map(show), ['1@3:a2', '2@6:a3']);
  const empty = { matches: [], more: false, isOutOfTime: false, lines: 0 };
  assert.deepEqual(find(folder, 'a', { cursor: 9 }), { ...empty, next: 9 });
  assert.deepEqual(find(join(folder, 'missing'), 'a'), { ...empty, next: 0 });
  const short = writeLog(scratchFolder(t), [['stdout', 'a\n'.repeat(100)]], 80);
  assert.deepEqual(find(short, 'a', { maxMatches: 1 }).matches.map(show), ['1@120:a']);
});

test('reports where to continue after enough matches, unless nothing is left', (t) => {
  const folder = logOf(t, ['stdout', 'a1\nb\na2\nc\n']);
  const { matches, more, next } = find(folder, 'a', { maxMatches: 1, context: 1 });
  assert.deepEqual([texts(matches), texts(matches[0]!.after), more, next], [['a1'], ['b'], true, 3]);
  assert.equal(find(folder, 'a', { maxMatches: 2 }).more, true);
  assert.deepEqual(find(folder, 'c', { maxMatches: 1 }).more, false);
});

test('throws a SyntaxError for an invalid pattern', (t) => {
  assert.throws(() => find(logOf(t), '('), SyntaxError);
});

const chunks = fc.array(
  fc.tuple(
    fc.constantFrom(...STREAMS),
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\n', '\x1b[m', '-'), maxLength: 20 }),
  ),
  { maxLength: 25 },
);
const choice = fc.constantFrom(undefined, ...STREAMS);

test('finds every match exactly once in searches that continue each other', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 5 }), choice, (written, maxMatches, stream) => {
      const path = writeLog(join(folder, String(run++)), written);
      const found = findOn(path, 'a.*b|^$', maxMatches, stream);
      const expected = find(path, 'a.*b|^$', { maxMatches: Infinity, stream }).matches;
      const place = ({ stream: from, text, end }: Match): unknown[] => [from, text, end];
      assert.deepEqual(found.map(place), expected.map(place));
    }),
    { numRuns: cases(200) },
  );
});

test('finds every match exactly once in searches that stop after a while and continue each other', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(chunks, choice, (written, stream) => {
      const path = writeLog(join(folder, String(run++)), written);
      const found: Match[] = [];
      for (let cursor = 0, isOutOfTime = true; isOutOfTime;) {
        const part = find(path, 'a.*b|^$', { cursor, maxMatches: Infinity, stream, maxMs: 0 });
        assert.ok(!part.isOutOfTime || (part.more && part.next > cursor), 'it continues');
        found.push(...part.matches);
        ({ next: cursor, isOutOfTime } = part);
      }
      const expected = find(path, 'a.*b|^$', { maxMatches: Infinity, stream }).matches;
      const place = ({ stream: from, text, end }: Match): unknown[] => [from, text, end];
      assert.deepEqual(found.map(place), expected.map(place));
    }),
    { numRuns: cases(200) },
  );
});

test('returns the line of a match in a page from its cursor', (t) => {
  const folder = scratchFolder(t);
  let run = 0;
  fc.assert(
    fc.property(chunks, choice, (written, stream) => {
      const path = writeLog(join(folder, String(run++)), written);
      const reader = new LogReader(path);
      for (const match of find(path, 'a', { stream }).matches) {
        const request = { cursor: match.start, stream: match.stream, maxBytes: 10_000, ended: true };
        const { text, continued } = readText(reader, request);
        assert.equal(text.split('\n')[0], match.text);
        assert.equal(continued, false);
      }
    }),
    { numRuns: cases(100) },
  );
});

test('searches lines of more than 1 MiB in parts, and then continues as usual', (t) => {
  const long = 'é'.repeat(1_500_000);
  const folder = logOf(t, ['stdout', `first\nbegin${long}`], ['stdout', `middle${long}end\nlast\n`]);
  for (const word of ['begin', 'middle', 'end', 'last'])
    assert.equal(find(folder, word).matches.length, 1, word);
  const [last] = find(folder, '^last$').matches;
  assert.equal(last!.start, 6 + 5 + 6 + 3 + 1 + 2 * 3_000_000);
  assert.equal(find(folder, '\ufffd').matches.length, 0, 'no character is cut');
  assert.equal(find(folder, 'last').next, last!.end);
});

test('continues while a line of the other stream is in progress, but not forever', (t) => {
  const lines = (count: number): string => 'error\n'.repeat(count);
  const short = logOf(
    t,
    ['stdout', 'begin '],
    ['stderr', lines(9)],
    ['stdout', 'end error\n'],
    ['stderr', lines(9)],
  );
  const found = find(short, 'error', { maxMatches: 3 });
  assert.deepEqual([texts(found.matches).slice(8), found.more], [['error', 'begin end error'], true]);
  const reset = logOf(t, ['stdout', 'begin\n\x1b[0m'], ['stderr', lines(9)]);
  assert.equal(find(reset, 'error', { maxMatches: 3 }).matches.length, 3, 'what shows nothing is no line');
  const long = logOf(t, ['stdout', 'prompt> '], ['stderr', lines(500_000)]);
  assert.ok(find(long, 'error', { maxMatches: 3 }).matches.length < 200_000);
});

const MIB = 1024 * 1024;

test('a line of several MiB is one line, with one match, its number and its size', (t) => {
  const folder = logOf(t, ['stdout', `one\n${'ab'.repeat(1.5 * MIB)}\nthree\n`]);
  const { matches, lines, next } = find(folder, 'a', { context: 1 });
  assert.deepEqual(
    matches.map(({ number, start, at, long }) => ({ number, start, at, long })),
    [{ number: 2, start: 4, at: 0, long: { bytes: 3 * MIB, isWhole: true } }],
  );
  assert.deepEqual([texts(matches[0]!.before), texts(matches[0]!.after)], [['one'], ['three']]);
  assert.ok(matches[0]!.text.length < 10_000, 'only a part of it is kept');
  assert.deepEqual([lines, next], [3, 4 + 3 * MIB + 1 + 6]);
  assert.deepEqual(find(folder, 'three').matches.map(show), [`3@${5 + 3 * MIB}:three`]);
});

test('^ and $ match only at the ends of a long line, and words at the ends of its parts', (t) => {
  const words = 'ab '.repeat(MIB);
  for (const isEnded of [true, false]) {
    const folder = logOf(t, ['stdout', `first ${words}middle ${words}last${isEnded ? '\n' : ''}`]);
    const count = (pattern: string): number => find(folder, pattern).matches.length;
    for (const pattern of ['^first', 'last$', 'b a.*$', 'middle', '^f', 't$', '^(?!x)', '\\bab\\b'])
      assert.equal(count(pattern), 1, pattern);
    for (const pattern of [
      '^a',
      '^b',
      '^ ',
      'a$',
      'b$',
      ' $',
      '^middle',
      'middle$',
      '^last',
      '(?m)^ab',
      'ba',
      '^$',
    ])
      assert.equal(count(pattern), 0, pattern);
    const [last] = find(folder, 'last').matches;
    assert.equal(last!.text.slice(last!.at), 'last');
    assert.equal(last!.long?.isWhole, isEnded);
  }
});

test('finds a match at every place of a long line, also across its parts', (t) => {
  const folder = scratchFolder(t);
  for (const at of [0, MIB - 3, MIB - 1, MIB, MIB + 1, 2 * MIB - 2, 2 * MIB, 2.5 * MIB]) {
    const text = `${'é'.repeat(at / 2)}needle${'😀'.repeat((3 * MIB - at) / 4)}`;
    const path = writeLog(join(folder, String(at)), [['stdout', `${text}\n`]]);
    const { matches } = find(path, 'needle');
    assert.deepEqual(
      [matches.length, matches[0]?.text.slice(matches[0].at).slice(0, 6)],
      [1, 'needle'],
      String(at),
    );
    assert.equal(find(path, '^needle').matches.length, at === 0 ? 1 : 0);
    assert.equal(find(path, '\ufffd').matches.length, 0);
  }
});

test('a search that continues in a long line does not take its rest for a line of its own', (t) => {
  const folder = logOf(t, ['stdout', `start ${'a'.repeat(3 * MIB)}`]);
  const { next, matches } = find(folder, 'nothing');
  assert.deepEqual([matches.length, next >= 2 * MIB], [0, true], 'it does not begin again');
  assert.equal(find(folder, '^a', { cursor: next }).matches.length, 0);
  const [match] = find(folder, 'a', { cursor: next }).matches;
  assert.equal(match?.long?.isWhole, false);
  assert.deepEqual(find(folder, '^$|x', { cursor: 6 + 3 * MIB }).matches, []);
});

test('a search that runs out of time in a long line returns its match', (t) => {
  const folder = logOf(t, ['stdout', `${'a'.repeat(3 * MIB)}\nb\n`]);
  const found: Match[] = [];
  let cursor = 0;
  for (let isOutOfTime = true; isOutOfTime;) {
    const part = find(folder, '^a|b', { cursor, maxMs: 0 });
    found.push(...part.matches);
    ({ next: cursor, isOutOfTime } = part);
  }
  assert.deepEqual(
    found.map(({ start }) => start),
    [0, 3 * MIB + 1],
  );
});
