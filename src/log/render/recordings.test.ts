import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RECORDINGS } from '../../../test/support/recordings.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { finalScreen, trimmed } from '../../../test/support/terminal.ts';
import { LogReader } from '../read/log-reader.ts';
import { readTail } from '../read/log-tail.ts';
import { readText } from '../read/text-page.ts';
import { LogWriter } from '../store/log-writer.ts';

/** A page must have room for the longest line that remains. */
const LEAST_PAGE = 600;
const folder = scratchFolder({ after: (action) => after(action as () => unknown) });

for (const [name, bytes] of Object.entries(RECORDINGS)) {
  test(`pages of ${name} are the same in chunks and pages of any size`, () => {
    const whole = pagesOf(write(`${name}-whole`, bytes, bytes.length), 1 << 20);
    for (const chunk of [1, 7, 100, 4096]) {
      const reader = write(`${name}-${chunk}`, bytes, chunk);
      for (const maxBytes of [LEAST_PAGE, 2000, 8000]) {
        assert.deepEqual(pagesOf(reader, maxBytes), whole, `${chunk} bytes, pages of ${maxBytes}`);
      }
    }
  });

  test(`the tail of ${name} is the end of its pages`, () => {
    const reader = write(`${name}-tail`, bytes, 1000);
    const whole = readText(reader, { cursor: 0, maxBytes: 1 << 20, ended: true }).text;
    for (const lines of [1, 2, 5, 50, 1000]) {
      const tail = readTail(reader, { lines, maxBytes: 1 << 20, ended: true });
      assert.equal(whole.endsWith(tail.text), true);
      const unfinished = whole.endsWith('\n') ? 0 : 1;
      const all = whole.split('\n').length - 1 + unfinished;
      assert.equal(tail.lines, Math.min(lines, all));
    }
  });
}

for (const name of ['npmInstall', 'npm8Install', 'gcc', 'jestPiped', 'vitestPiped'] as const) {
  test(`${name} reads like its final screen`, async () => {
    const reader = write(`${name}-screen`, RECORDINGS[name], 1000);
    assert.deepEqual(pagesOf(reader, 8000), await finalScreen(RECORDINGS[name]));
  });
}

for (const name of ['jest', 'vitest'] as const) {
  test(`${name}, which moves up to draw its last lines again, reads like a screen that cannot move up`, async () => {
    const shown = pagesOf(write(`${name}-screen`, RECORDINGS[name], 1000), 8000);
    const withoutMoves = RECORDINGS[name].toString().replaceAll('\x1b[1A', '');
    assert.deepEqual(shown, await finalScreen(withoutMoves));
    // Nothing is lost: the lines that were redrawn are between those that remain.
    let at = 0;
    for (const line of await finalScreen(RECORDINGS[name])) {
      const found = shown.indexOf(line, at);
      assert.notEqual(found, -1, `"${line}" is there`);
      at = found + 1;
    }
  });
}

test('shows all screens of tsc --watch, which clears the screen', async () => {
  const screens = RECORDINGS.tscWatch.toString().split('\x1b[2J\x1b[3J\x1b[H').slice(1);
  assert.equal(screens.length, 2);
  const [before = [], last = []] = await Promise.all(screens.map(finalScreen));
  assert.deepEqual(pagesOf(write('tsc-screens', RECORDINGS.tscWatch, 1000), 8000), [...before, '', ...last]);
  assert.deepEqual(await finalScreen(RECORDINGS.tscWatch), last);
});

function write(name: string, bytes: Buffer, chunk: number): LogReader {
  const writer = new LogWriter(join(folder, name), 1 << 25);
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.subarray(at, at + chunk);
    writer.write('stdout', part, part.length);
  }
  writer.close();
  return new LogReader(join(folder, name));
}

/** The lines of all pages. */
function pagesOf(reader: LogReader, maxBytes: number): string[] {
  let text = '';
  for (let cursor = 0, end = 1; cursor < end;) {
    const page = readText(reader, { cursor, maxBytes, ended: true });
    assert.ok(Buffer.byteLength(page.text) <= maxBytes);
    text += page.text;
    ({ next: cursor, end } = page);
  }
  return trimmed(text.split('\n'));
}
