import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { describeSpawnError } from './spawn-error.ts';

/** Starts a program that cannot be started. @returns the description of the error */
async function reasonOf(program: string, cwd: string): Promise<string> {
  try {
    await once(spawn(program, { cwd }), 'exit');
  } catch (error) {
    return describeSpawnError(error, { program, name: 'shell', cwd });
  }
  throw new Error(`${program} was started.`);
}

test(
  'names the path that keeps a program from starting',
  { skip: process.platform === 'win32' },
  async (t) => {
    const cwd = scratchFolder(t);
    const [missing, file, script] = ['missing', 'file', 'script'].map((name) => join(cwd, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, '');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o700 });
    for (const [program, folder, reason] of [
      [missing, cwd, `The shell ${missing} does not exist.`],
      ['/bin/sh', join(file, 'x'), `The folder ${join(file, 'x')} cannot be entered (ENOTDIR).`],
      ['/bin/sh', missing, `The folder ${missing} does not exist.`],
      [missing, file, `${file} is not a folder.`],
      [file, cwd, `The shell ${file} cannot be run (EACCES).`],
      [cwd, cwd, `The shell ${cwd} is a folder.`],
      [script, cwd, `The interpreter that the first line of ${script} names does not exist.`],
    ] as const) {
      assert.equal(await reasonOf(program, folder), reason);
    }
  },
);

test('says that too many files are open, and not of which program', () => {
  const error = Object.assign(new Error('spawn /usr/bin/prlimit EMFILE'), { code: 'EMFILE' });
  assert.equal(
    describeSpawnError(error, { program: process.execPath, name: 'shell', cwd: process.cwd() }),
    `The shell ${process.execPath} cannot be started, because too many files are open (EMFILE). End some jobs and try again.`,
  );
});
