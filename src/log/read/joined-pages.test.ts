import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { LogWriter } from '../store/log-writer.ts';
import { LogReader } from './log-reader.ts';
import { readText } from './text-page.ts';

/** Text, and all that moves and changes within a line. */
const WITHIN_LINE = fc.oneof(
  fc.constantFrom('a', 'bc', '10%', 'é', '漢字', ' ', '\t', 'prompt# ', '\r', '\b', '\b\b\b', '\x1b[0m'),
  fc.constantFrom('\x1b[D', '\x1b[3D', '\x1b[G', '\x1b[4G', '\x1b[2`', '\x1b[2C', '\x1b[Z', '\x1b[2b'),
  fc.constantFrom('\x1b[K', '\x1b[1K', '\x1b[2K', '\x1b[2P', '\x1b[2@', '\x1b[2X', '\x1b[4h', '\x1b[4l'),
);
/** Lines that are erased and finished at once, as the last step of a spinner. */
const FINISHED = fc.constantFrom('\r\x1b[Kdone\n', '\r\x1b[2K$ \r\n', 'x\r\x1b[K漢\n');
const LINE_END = fc.constantFrom('\n', '\r\n');
const POSITIONS = fc.constantFrom('\x1b7', '\x1b8', '\x1b[s', '\x1b[u');
const ROWS = fc.constantFrom('\x1b[A', '\x1b[B', '\x1b[H', '\x1b[2;3H', '\x1b[2J', '\x1b[J', '\x1bM', '\v');

/** Reads a page behind each part while it is written, and puts them together as a client does. */
function joined(folder: string, parts: readonly string[], isHalved: boolean): string {
  const reader = new LogReader(folder);
  const writer = new LogWriter(folder, 1 << 20);
  let shown = '';
  let cursor = 0;
  const readOn = (ended: boolean): void => {
    const page = readText(reader, { cursor, maxBytes: 16_000, ended });
    if (page.continued === 'replaces') shown = shown.slice(0, shown.lastIndexOf('\n') + 1);
    else
      assert.equal(page.continued, page.text !== '' && /.$/.test(shown), 'it reports a line that continues');
    shown += page.text;
    cursor = page.next;
  };
  for (const part of parts) {
    const bytes = Buffer.from(part);
    // The log can end within a character or a sequence.
    const middle = isHalved ? bytes.length >> 1 : 0;
    for (const half of [bytes.subarray(0, middle), bytes.subarray(middle)]) {
      writer.write('stdout', half, half.length);
      readOn(false);
    }
  }
  writer.close();
  readOn(true);
  return shown;
}

function whole(folder: string): string {
  return readText(new LogReader(folder), { cursor: 0, maxBytes: 16_000, ended: true }).text;
}

const SETS = {
  'within a line': [WITHIN_LINE, LINE_END, FINISHED],
  'to a saved position': [WITHIN_LINE, LINE_END, FINISHED, POSITIONS],
  'between rows': [WITHIN_LINE, LINE_END, FINISHED, POSITIONS, ROWS],
};

for (const [where, units] of Object.entries(SETS)) {
  test(`pages put together are the same as one page, if the cursor moves ${where}`, (t) => {
    const folder = scratchFolder(t);
    let run = 0;
    const [within, ...others] = units as [fc.Arbitrary<string>];
    const unit = fc.oneof(
      { weight: 6, arbitrary: within },
      ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
    );
    const part = fc.array(unit, { minLength: 1, maxLength: 4 }).map((some) => some.join(''));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.boolean(), (parts, isHalved) => {
        const at = join(folder, String(run++));
        // A row that was shown and then erased is an empty line. On one page it is nothing.
        const lines = (text: string): string =>
          where === 'within a line' ? text : text.replace(/^[ \t]*\n/gm, '');
        assert.equal(lines(joined(at, parts, isHalved)), lines(whole(at)));
      }),
      { numRuns: cases(300) },
    );
  });
}
