import assert from 'node:assert/strict';
import { constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadCLibrary } from './posix/c-library.ts';
import { PseudoTerminal } from './terminal/pseudo-terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LINE = 'hello\n';

test(
  'a line is unread as soon as it is typed into a terminal, though the kernel passes it on later',
  { skip: process.platform === 'linux' ? false : 'only Linux tells what is unread' },
  (t) => {
    const terminal = new PseudoTerminal(loadCLibrary(ROOT), { columns: 80, rows: 24 });
    terminal.open({ buffer: Buffer.alloc(1024), callback: () => true });
    t.after(() => terminal.close());
    const program = openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY);
    for (let count = 0; count < 100; count++) {
      assert.equal(terminal.unreadInput, 0);
      terminal.input.write(LINE);
      assert.equal(terminal.unreadInput, LINE.length);
      assert.equal(readSync(program, Buffer.alloc(100)), LINE.length);
    }
  },
);
