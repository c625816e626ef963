import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { PseudoTerminal } from '../terminal/pseudo-terminal.ts';
import { loadCLibrary } from './c-library.ts';
import { spawnByNode } from './node-spawn.ts';

const root = join(import.meta.dirname, '..', '..', '..');

test(
  'without posix_spawn(3), a terminal is the controlling terminal, and can be read and written on each descriptor',
  { skip: process.platform !== 'linux' && 'needs /proc' },
  async (t) => {
    const path = join(scratchFolder(t), 'output');
    const terminal = new PseudoTerminal(loadCLibrary(root), { columns: 80, rows: 24 });
    try {
      const command = `ls -l /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 | cut -c1-10 > '${path}'; ps -o tty= -p $$ >> '${path}'`;
      const { exited } = await spawnByNode({
        ...{ file: '/bin/sh', args: ['-c', command], cwd: '/', env: { PATH: process.env.PATH } },
        files: { terminal: terminal.path },
      });
      assert.deepEqual(await exited, { code: 0, signal: null });
    } finally {
      terminal.close();
    }
    const open = 'lrwx------\n'.repeat(3);
    assert.equal(readFileSync(path, 'utf8'), `${open}${terminal.path.replace('/dev/', '')}\n`);
  },
);
