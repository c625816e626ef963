import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stream } from '../store/log-segments.ts';
import { LineAssembler } from './line-assembler.ts';

/** An assembler, and the lines it formed: `stream:text@start-end`, with `!` if no other line was cut. */
function assemble(...chunks: [Stream, string | Uint8Array][]): { assembler: LineAssembler; lines: string[] } {
  const assembler = new LineAssembler();
  const lines: string[] = [];
  let offset = 0;
  for (const [stream, chunk] of chunks) {
    const bytes = Buffer.from(chunk);
    assembler.feed({ stream, offset, bytes }, ({ text, start, end, ...line }, clean) => {
      lines.push(`${line.stream}:${text}@${start}-${end}${clean ? '!' : ''}`);
    });
    offset += bytes.length;
  }
  return { assembler, lines };
}

test('does not cut a line of stdout at output of stderr', () => {
  const { lines, assembler } = assemble(
    ['stdout', 'one '],
    ['stderr', 'warning\n'],
    ['stdout', 'two\nthree '],
    ['stderr', 'err'],
    ['stdout', 'four\n'],
    ['stderr', 'or\n'],
  );
  assert.deepEqual(lines, [
    'stderr:warning@4-12',
    'stdout:one two@0-16!',
    'stdout:three four@16-30',
    'stderr:error@22-33!',
  ]);
  assert.ok(assembler.clean);
});

test('continues a sequence, a character and a carriage return behind output of the other stream', () => {
  const { lines } = assemble(
    ['stdout', Buffer.from('\x1b[3')],
    ['stderr', Buffer.of(0xc3)],
    ['stdout', Buffer.from('1mred\r')],
    ['stderr', Buffer.of(0xa9, 0x0a)],
    ['stdout', Buffer.from('black\n')],
  );
  assert.deepEqual(lines, ['stderr:é@3-12', 'stdout:black@0-18!']);
});

test('lists lines in progress that show something in the order in which they began', () => {
  const { assembler } = assemble(['stderr', 'done\nPass'], ['stdout', 'x\n50%'], ['stderr', 'word:']);
  assert.deepEqual(assembler.unfinished(), [
    { stream: 'stderr', text: 'Password:', start: 5, end: 19 },
    { stream: 'stdout', text: '50%', start: 11, end: 19 },
  ]);
  assert.deepEqual(
    assembler.unfinished('stdout').map(({ text }) => text),
    ['50%'],
  );
  const { assembler: coloured } = assemble(['stdout', '\x1b[31mred\n\x1b[0m'], ['stderr', '50%\r\x1b[K']);
  assert.deepEqual(coloured.unfinished(), []);
  assert.ok(coloured.clean);
});

test('shows an incomplete character as invalid once nothing follows', () => {
  const { assembler } = assemble(['stdout', Buffer.of(0x61, 0xc3)]);
  assert.equal(assembler.unfinished()[0]?.text, 'a');
  assembler.finish();
  assert.equal(assembler.unfinished()[0]?.text, 'a\ufffd');
});

test('continues a cut line as a new one, without cutting a character', () => {
  const { assembler } = assemble(['stdout', Buffer.of(0x61, 0xc3)], ['stderr', Buffer.from('b')]);
  assembler.cut('stdout');
  const lines: string[] = [];
  const rest = Buffer.of(0xa9, 0x0a);
  assembler.feed({ stream: 'stdout', offset: 3, bytes: rest }, ({ text, start }) =>
    lines.push(text, `${start}`),
  );
  assert.deepEqual(lines, ['é', '3']);
});

test('reports the last safe point of a piece before an incomplete character or sequence', () => {
  const cases: [number | undefined, ...[Stream, string | Uint8Array][]][] = [
    [3, ['stdout', 'abc']],
    [2, ['stdout', Buffer.of(0x61, 0x62, 0xe2, 0x82)]],
    [3, ['stdout', 'abc\x1b[3']],
    [undefined, ['stdout', '\x1b[3']],
    [undefined, ['stdout', '\x1b[3'], ['stderr', 'abc']],
    [7, ['stdout', '\x1b[3'], ['stderr', 'abc'], ['stdout', 'm']],
    [8, ['stdout', '\x1b[3'], ['stderr', 'abc'], ['stdout', 'mx\x1b']],
    [undefined, ['stdout', '\x1b[3'], ['stderr', 'abc\x1b'], ['stdout', 'mx']],
  ];
  for (const [safe, ...chunks] of cases) {
    assert.equal(assemble(...chunks).assembler.safe, safe, JSON.stringify(chunks));
  }
});
