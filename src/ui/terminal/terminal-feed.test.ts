import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { utf16OfMark } from '../../log/render/text-encoding.ts';
import type { Stream } from '../../log/store/log-segments.ts';
import {
  type FeedSource,
  feedTerminal,
  MAX_BEHIND_BYTES,
  PORTION_BYTES,
  REPLAY_BYTES,
} from './terminal-feed.ts';

/** A log in memory whose oldest bytes can be dropped. */
class FakeLog implements FeedSource {
  readonly #pieces: { stream: Stream; offset: number; bytes: Buffer }[] = [];
  #waiters: (() => void)[] = [];
  #start = 0;
  #end = 0;
  isOver = false;
  encoding: string | undefined;
  /** The largest range requested at once. */
  mostRead = 0;
  readonly growth = {
    version: 0,
    since: async (version: number): Promise<void> => {
      if (this.growth.version !== version) return;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    },
  };

  /** As `LogReader` does. */
  readonly encodingOf = (stream: Stream): string | undefined => {
    if (this.encoding !== undefined || this.#start > 0) return this.encoding;
    const first = this.#pieces.filter((piece) => piece.stream === stream).map(({ bytes }) => bytes);
    return utf16OfMark(Buffer.concat(first));
  };

  hasEnded(): boolean {
    return this.isOver;
  }

  range() {
    return { start: this.#start, end: this.#end };
  }

  *pieces(from: number, to: number) {
    this.mostRead = Math.max(this.mostRead, to - from);
    for (const { stream, offset, bytes } of this.#pieces) {
      const begin = Math.max(from, this.#start, offset);
      const end = Math.min(to, offset + bytes.length);
      if (begin < end) yield { stream, offset: begin, bytes: bytes.subarray(begin - offset, end - offset) };
    }
  }

  append(bytes: Buffer | string, stream: Stream = 'stdout'): void {
    const piece = { stream, offset: this.#end, bytes: Buffer.from(bytes) };
    this.#pieces.push(piece);
    this.#end += piece.bytes.length;
    this.#wake();
  }

  dropUntil(start: number): void {
    this.#start = start;
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }

  #wake(): void {
    this.growth.version++;
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

/** Follows a log; `onOutput` is called as a terminal shows it. */
function openFeed(log: FakeLog, onOutput: (text: string) => Promise<void> | void = () => undefined) {
  const stop = new AbortController();
  const shown: (string | { skipped: number; isFirst: boolean })[] = [];
  const ended = feedTerminal(
    log,
    {
      output: async (text) => {
        if (text !== '') shown.push(text);
        await onOutput(text);
      },
      skipped: (skipped, isFirst) => shown.push({ skipped, isFirst }),
    },
    stop.signal,
  );
  const text = (): string => shown.filter((each) => typeof each === 'string').join('');
  return { shown, text, ended, stop };
}

test('shows the end of a long log from the start of a line, and counts the skipped bytes', async () => {
  const log = new FakeLog();
  const line = 'x'.repeat(99) + '\n';
  log.append(line.repeat(5000));
  log.end();
  const { shown, text, ended } = openFeed(log);
  await ended;
  const [first] = shown;
  assert.ok(typeof first === 'object' && first.isFirst);
  assert.equal(first.skipped + text().length, 500_000);
  assert.equal(text(), line.repeat(text().length / 100));
  assert.ok(text().length <= REPLAY_BYTES && text().length > REPLAY_BYTES - 100);
  assert.ok(log.mostRead <= PORTION_BYTES);
});

test('starts with a whole character if no line end is near', async () => {
  for (const before of ['', 'a', 'ab']) {
    const log = new FakeLog();
    log.append(before + '日'.repeat(200_000));
    log.end();
    const { text, ended } = openFeed(log);
    await ended;
    assert.match(text(), /^日+$/);
  }
});

test('counts bytes that are no longer stored', async () => {
  const log = new FakeLog();
  log.append('a\n'.repeat(1000));
  log.dropUntil(1001);
  log.end();
  const { shown, ended } = openFeed(log);
  await ended;
  assert.deepEqual(shown, [{ skipped: 1002, isFirst: true }, 'a\n'.repeat(499)]);
});

test('skips output between if a job prints faster than the terminal draws, and shows all of its end', async () => {
  const log = new FakeLog();
  const line = `${'y'.repeat(1023)}\n`;
  let left = 100;
  const { shown, text, ended } = openFeed(log, () => {
    if (left-- > 0) log.append(line.repeat(512));
    else if (!log.isOver) {
      log.append('the last line\n');
      log.end();
    }
  });
  log.append(line);
  await ended;
  const skipped = shown.filter((each) => typeof each === 'object');
  const total = 101 * 512 * 1024 - 511 * 1024 + 14;
  assert.equal(text().length + skipped.reduce((sum, each) => sum + each.skipped, 0), log.range().end);
  assert.ok(log.range().end <= total);
  assert.ok(skipped.length > 5);
  assert.ok(skipped.every(({ skipped, isFirst }) => !isFirst && skipped > MAX_BEHIND_BYTES - REPLAY_BYTES));
  assert.match(text(), /y\nthe last line\n$/);
  assert.ok(log.mostRead <= PORTION_BYTES, 'little is held at once');
});

test('counts bytes that are dropped while the terminal is busy, and continues', async () => {
  const log = new FakeLog();
  let isDropped = false;
  const { shown, ended } = openFeed(log, (text) => {
    if (text !== 'one\n' || isDropped) return;
    isDropped = true;
    log.append('two\nthree\nfour\n');
    log.dropUntil(12);
    log.end();
  });
  log.append('one\n');
  await ended;
  assert.deepEqual(shown, ['one\n', { skipped: 10, isFirst: false }, 'four\n']);
});

test('stops on the signal after a log was removed', async () => {
  const log = new FakeLog();
  log.append('one\n');
  const { shown, ended, stop } = openFeed(log, () => log.dropUntil(4));
  stop.abort();
  log.append('two\n');
  await ended;
  assert.deepEqual(shown, ['one\n']);
});

test('joins characters that arrive in parts, whatever the other stream writes in between', async () => {
  const piece = fc.record({ stream: fc.constantFrom('stdout', 'stderr'), length: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
      const texts = { stdout: Buffer.from('日本語é👍'), stderr: Buffer.from('ФЫВ👍ж') };
      const at = { stdout: 0, stderr: 0 };
      const log = new FakeLog();
      const { text, ended } = openFeed(log);
      const rest = Object.keys(texts).map((stream) => ({ stream: stream as Stream, length: 100 }));
      for (const { stream, length } of [...pieces, ...rest] as typeof rest) {
        log.append(texts[stream].subarray(at[stream], at[stream] + length), stream);
        at[stream] += length;
        await new Promise((resolve) => setImmediate(resolve));
      }
      log.end();
      await ended;
      const characters = (from: string): string[] => Array.from(from);
      assert.deepEqual(characters(text()).sort(), characters('日本語é👍ФЫВ👍ж').sort());
      assert.equal(
        characters(text())
          .filter((character) => '日本語é'.includes(character))
          .join(''),
        '日本語é',
      );
    }),
    { numRuns: cases(100) },
  );
});

test('decodes characters that come in parts, in the encoding of the job', async () => {
  for (const [encoding, bytes, text] of [
    [undefined, Buffer.from('日é'), '日é'],
    ['gbk', Buffer.of(0xc4, 0xe3, 0x81, 0x5c), '你乗'],
    ['utf-16le', Buffer.from('日😀', 'utf16le'), '日😀'],
  ] as const) {
    const log = new FakeLog();
    log.encoding = encoding;
    for (const byte of bytes) log.append(Buffer.of(byte));
    log.end();
    const feed = openFeed(log);
    await feed.ended;
    assert.equal(feed.text(), text);
  }
});

for (const [name, encode] of [
  ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
  ['utf-16be', (text: string) => Buffer.from(text, 'utf16le').swap16()],
] as const) {
  test(`decodes ${name} that a byte order mark names, with each stream for itself`, async () => {
    const log = new FakeLog();
    const { text, ended } = openFeed(log);
    for (const byte of encode('\ufeff日😀\n')) {
      log.append(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    log.append('é\n', 'stderr');
    log.append(encode('漢'));
    log.append(Buffer.of(0xff), 'stderr');
    log.end();
    await ended;
    assert.equal(text(), '日😀\né\n漢\ufffd');
  });

  test(`starts with a line of ${name} in the middle of a long log, also after its beginning was dropped`, async () => {
    // The bytes of these letters look like a line feed.
    const line = `ਊĊ${'漢'.repeat(97)}\n`;
    for (const extra of ['', 'a', 'ab']) {
      const log = new FakeLog();
      log.append(encode(`\ufeff${extra}${line.repeat(2000)}`));
      let left = 3;
      const { text, shown, ended } = openFeed(log, () => {
        if (left-- <= 0) return;
        const { end } = log.range();
        log.dropUntil(end - 1001);
        log.append(encode(line.repeat(6000)));
        if (left === 0) log.end();
      });
      await ended;
      const starts = shown.filter(
        (each, at) => typeof each === 'string' && typeof shown[at - 1] === 'object',
      );
      assert.ok(starts.length > 1);
      for (const each of starts) assert.ok(typeof each === 'string' && each.startsWith(line));
      assert.match(text(), /^[ਊĊ漢\n]*$/);
    }
  });

  test(`starts with a whole character of ${name} if no line end is near`, async () => {
    for (const extra of ['', 'a']) {
      const log = new FakeLog();
      log.append(encode(`\ufeff${extra}${'😀'.repeat(100_000)}`));
      log.end();
      const { text, ended } = openFeed(log);
      await ended;
      assert.match(text(), /^(?:😀)+$/u);
    }
  });
}
