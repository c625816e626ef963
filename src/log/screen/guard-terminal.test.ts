import assert from 'node:assert/strict';
import { test } from 'node:test';
import xterm from '@xterm/headless';
import { guardTerminal } from './guard-terminal.ts';

async function draw(output: string, prepare?: (terminal: xterm.Terminal) => void): Promise<string> {
  const terminal = new xterm.Terminal({ cols: 10, rows: 3, allowProposedApi: true });
  guardTerminal(terminal);
  prepare?.(terminal);
  for (const piece of [output, '\x1b[Hnext'])
    await new Promise<void>((resolve) => terminal.write(piece, resolve));
  const rows = Array.from({ length: 3 }, (_, row) =>
    terminal.buffer.active.getLine(row)?.translateToString(true),
  );
  terminal.dispose();
  return rows.join('|');
}

test('a screen that is erased up to the cursor in its corner is empty, where xterm throws', async () => {
  assert.equal(await draw('one\r\ntwo\x1b[999;999H\x1b[1J'), 'next||');
  assert.equal(await draw('\x1b[?1049hone\x1b[999;999Hx\x1b[1J'), 'next||');
  assert.equal(await draw('one\r\ntwo\x1b[2;2H\x1b[1J'), 'next|  o|');
});

test('output at which the emulator throws ends with its piece, and what follows is drawn', async () => {
  const text = await draw('one\x1b[1z\x1b[31', (terminal) => {
    terminal.parser.registerCsiHandler({ final: 'z' }, () => {
      throw new Error('broken');
    });
  });
  assert.equal(text, 'next||');
});
