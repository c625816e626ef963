import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineEditor } from './line-editor.ts';
import { readInput } from './terminal-input.ts';

function openEditor() {
  const events: string[] = [];
  const editor = new LineEditor({
    typed: () => undefined,
    done: () => undefined,
    send: (text) => events.push(text),
    endOfFile: () => events.push('<EOF>'),
    interrupt: () => events.push('<INT>'),
  });
  return { events, type: (data: string) => editor.type(readInput(data).keys) };
}

test('sends the lines of a paste together and keeps the text after the last line end editable', () => {
  const { events, type } = openEditor();
  type('one\rtwo\r\nthree\nfou');
  assert.deepEqual(events, ['one\ntwo\nthree\n']);
  type('r\r');
  assert.deepEqual(events.slice(1), ['four\n']);
});

test('sends the current line on Ctrl+D, or the end of the file if the line is empty', () => {
  const { events, type } = openEditor();
  type('ab\x04');
  type('\x04');
  type('c\x7f\x04');
  assert.deepEqual(events, ['ab', '<EOF>', '<EOF>']);
});

test('discards the line and interrupts on Ctrl+C, after sending earlier lines', () => {
  const { events, type } = openEditor();
  type('first\rsecond\x03third\r');
  assert.deepEqual(events, ['first\n', '<INT>', 'third\n']);
});

test('deletes the line on Ctrl+U, a word on Ctrl+W and a character on Backspace', () => {
  const { events, type } = openEditor();
  type('gone\x15two words \x17\x17one\x7f\r');
  type('👩‍👩‍👧x\x7f\x7fe\u0301\x7f\x7f\x7f\r');
  assert.deepEqual(events, ['on\n', '\n']);
});

test('ignores arrows, function keys, replies of the terminal and other control characters', () => {
  const { events, type } = openEditor();
  const ignored = ['\x1b[A', '\x1bOD', '\x1b[1;5C', '\x1b[3~', '\x1b', '\x1bb', '\x07', '\x1a', '\x9b', '\0'];
  const answers = [
    '\x1b[0n',
    '\x1b[12;40R',
    '\x1b[?1;2c',
    '\x1b]10;rgb:ffff/ffff/ffff\x1b\\',
    '\x1b]11;rgb:0/0/0\x07',
    '\x1bP1$r0m\x1b\\',
    '\x1b[<0;3;4M',
    '\x1b[I',
  ];
  for (const each of [...ignored, ...answers]) for (const data of ['a', each, 'b\r']) type(data);
  assert.deepEqual([...new Set(events)], ['ab\n']);
  type('\x1b[200~pasted\x1b[201~\r');
  assert.equal(events.at(-1), 'pasted\n');
  assert.deepEqual(readInput('\x1b[0n'), { keys: '', isReply: true });
});

test('sends a tab as a tab', () => {
  const { events, type } = openEditor();
  type('a\tb\r');
  assert.deepEqual(events, ['a\tb\n']);
});

test('sends a very long line in parts', () => {
  const { events, type } = openEditor();
  const long = '0123456789'.repeat(100_000);
  type(long);
  for (const each of long.slice(0, 5000)) type(each);
  type('\r');
  assert.equal(events.join(''), `${long}${long.slice(0, 5000)}\n`);
});
