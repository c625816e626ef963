import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { openScreen } from '../../../test/support/screen.ts';
import { LineEditor } from './line-editor.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** Opens a screen with a line editor that records what is sent. */
function openEditor(cols = 20, rows = 6) {
  const terminal = openScreen(cols, rows);
  const screen = new TerminalScreen((text) => terminal.write(text));
  const sent: string[] = [];
  const editor = new LineEditor({
    typed: (shown) => screen.typed(shown),
    done: (ending) => screen.done(ending),
    send: (text) => sent.push(text),
    endOfFile: () => sent.push('<EOF>'),
    interrupt: () => sent.push('<INT>'),
  });
  return { terminal, screen, editor, sent };
}

test('shows typed text and sends it on Enter', async () => {
  const { terminal, screen, editor, sent } = openEditor();
  screen.output('name? ');
  editor.type('Ada\r');
  screen.output('hello Ada\n');
  assert.deepEqual(await terminal.lines(), ['name? Ada', 'hello Ada']);
  assert.deepEqual(sent, ['Ada\n']);
});

test('erases characters of any width on Backspace, also across the margin', async () => {
  const { terminal, editor, sent } = openEditor(10);
  for (const text of [
    'ab',
    'a日本',
    'e\u0301',
    'x👍',
    '0123456789',
    '012345678日',
    '012345678901234567890123',
  ]) {
    editor.type(text);
    editor.type('y\x7f');
    editor.type('日\x7f\x7f');
    editor.type('Z\x15');
    editor.type(`${text}!\x7f\r`);
  }
  assert.deepEqual(
    sent.map((line) => line.trimEnd()),
    ['ab', 'a日本', 'e\u0301', 'x👍', '0123456789', '012345678日', '012345678901234567890123'],
  );
  assert.deepEqual(
    await terminal.lines(),
    sent.map((line) => line.trimEnd()),
  );
});

test('inserts output before the line that is being typed', async () => {
  const { terminal, screen, editor, sent } = openEditor(12, 4);
  screen.output('one\n');
  editor.type('a rather long answer, 日本');
  screen.output('two\nthree\n');
  assert.deepEqual(await terminal.lines(), ['one', 'two', 'three', 'a rather long answer, 日本']);
  screen.output('four, unfinished ');
  screen.output('but now\n');
  editor.type('!\r');
  assert.deepEqual(await terminal.lines(), [
    'one',
    'two',
    'three',
    'four, unfinished but now',
    'a rather long answer, 日本!',
  ]);
  assert.deepEqual(sent, ['a rather long answer, 日本!\n']);
});

test('updates a progress bar above the line that is being typed', async () => {
  const { terminal, screen, editor } = openEditor(40);
  for (let percent = 0; percent <= 100; percent += 10) {
    screen.output(`\r${'#'.repeat(percent / 10)} ${percent}%`);
    if (percent === 50) editor.type('typed');
  }
  assert.deepEqual(await terminal.lines(), ['########## 100%typed']);
  screen.output('\n');
  assert.deepEqual(await terminal.lines(), ['########## 100%', 'typed']);
});

test('does not mix an incomplete color with typed text', async () => {
  const { terminal, screen, editor } = openEditor(40);
  screen.output('a\x1b[3');
  editor.type('m');
  screen.output('1mred\x1b]0;title');
  screen.remark('a remark');
  screen.output('b\n');
  assert.deepEqual(await terminal.lines(), ['ared', '[a remark]'.slice(1, -1), 'b', 'm']);
});

test('shows a remark in gray on its own line', async () => {
  const { terminal, screen, editor } = openEditor(40);
  screen.remark('first');
  screen.output('out\x1b[31m');
  editor.type('typed');
  screen.remark('second');
  screen.output('\x1b[32mline\n\x1b[0m');
  screen.remark('third');
  editor.type('\r');
  screen.remark('fourth');
  assert.deepEqual(await terminal.lines(), ['first', 'out', 'second', 'line', 'third', 'typed', 'fourth']);
  assert.deepEqual(await Promise.all([0, 1, 2, 3, 4, 6].map((row) => terminal.isGrey(row))), [
    true,
    false,
    true,
    false,
    true,
    true,
  ]);
});

test('keeps output complete and the typed line below it, however output and keys are mixed', async () => {
  const output = fc.constantFrom(
    'line\n',
    'a long line that wraps over\n',
    '日本語\n',
    '\x1b[31mred\x1b[0m\n',
    '\n',
  );
  const keys = fc.constantFrom('a', 'word ', '日', '👍', 'e\u0301', '\x7f', 'long enough to be wrapped ');
  const step = fc.oneof(fc.record({ output }), fc.record({ keys }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      // High enough that nothing which is typed scrolls away: what did cannot be taken back.
      const { terminal, screen, editor, sent } = openEditor(13, 60);
      let shown = '';
      for (const each of steps) {
        if ('output' in each) {
          screen.output(each.output);
          shown += each.output;
        } else editor.type(each.keys);
      }
      const lines = await terminal.lines();
      editor.type('\r');
      // eslint-disable-next-line no-control-regex -- colours
      const expected = shown.replaceAll(/\x1b\[\d*m/g, '').split('\n');
      expected.pop();
      const typed = sent[0]!.trimEnd();
      const isSame = (line: string): boolean => line !== '';
      assert.deepEqual(
        lines.map((line) => line.trimEnd()).filter(isSame),
        [...expected, typed].filter(isSame),
      );
    }),
    { numRuns: cases(200) },
  );
});
