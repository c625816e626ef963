import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalLines } from './terminal-lines.ts';

const textOf = (output: string, maxLines = 12): string[] =>
  terminalLines(output, maxLines).map((line) => line.map(({ text }) => text).join(''));

test('shows the last lines, as a terminal would', () => {
  assert.deepEqual(textOf('a\nb\nc\n', 2), ['b', 'c']);
  assert.deepEqual(textOf('10%\r20%\rdone\n'), ['done']);
  assert.deepEqual(textOf('long text\rX\x1b[K\n'), ['X']);
  assert.deepEqual(textOf('ab\bc\tx\n'), ['ac      x']);
  assert.deepEqual(textOf('crlf\r\nnext'), ['crlf', 'next']);
  assert.deepEqual(textOf(''), []);
});

test('keeps colors and styles, also over lines', () => {
  assert.deepEqual(terminalLines('\x1b[1;31mred\nstill\x1b[0m plain', 5), [
    [{ text: 'red', look: { bold: true, color: '1' } }],
    [
      { text: 'still', look: { bold: true, color: '1' } },
      { text: ' plain', look: {} },
    ],
  ]);
  const look = (codes: string): unknown => terminalLines(`\x1b[${codes}mx`, 1)[0]?.[0]?.look;
  assert.deepEqual(look('38;5;196'), { color: '#ff0000' });
  assert.deepEqual(look('48;2;1;2;255'), { background: '#0102ff' });
  assert.deepEqual(look('38;5;999'), { color: undefined });
  assert.deepEqual(look('38;2;300;0;0'), { color: undefined });
  assert.deepEqual(look('96'), { color: '14' });
});

test('removes other sequences, whole or cut', () => {
  assert.deepEqual(textOf('a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n'), ['ablink']);
  assert.deepEqual(textOf('a\x1b[?25l\x1b[2;3Hb\x1b(Bc\x1b'), ['abc']);
  assert.deepEqual(textOf('a\x1b['), ['a']);
  assert.deepEqual(textOf('a\x1b]0;open'), ['a']);
});

test('shows marks of direction and other invisible characters as numbers', () => {
  assert.deepEqual(textOf('safe\u202Egnp.exe\u2066\u200B\uFEFF\u0001'), [
    'safe⟨202E⟩gnp.exe⟨2066⟩⟨200B⟩⟨FEFF⟩⟨0001⟩',
  ]);
  assert.deepEqual(textOf('👩\u200d💻 é'), ['👩\u200d💻 é']);
});

test('cuts a line that is too long, in no time', () => {
  const [line = ''] = textOf(`${'x'.repeat(1_000_000)}\n`);
  assert.equal(line, `${'x'.repeat(400)}…`);
});
