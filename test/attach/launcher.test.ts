import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { refreshLauncher, writeLauncher } from '../../src/mcp/attach/launcher.ts';
import { DIST } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';

const PROGRAM = join(DIST, 'stdio.js');

test('the script runs the server, and says so when the extension is no longer there', async (t) => {
  const path = join(scratchFolder(t), 'new', 'background-jobs.cjs');
  await writeLauncher(path, PROGRAM);
  const help = spawnSync(path, ['--help'], { encoding: 'utf8' });
  assert.match(help.stdout, /^Usage: background-jobs/);
  await writeLauncher(path, '/no/such/stdio.js');
  const { status, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^background-jobs: Error: The extension .* is not where it was .*\/no\/such\/stdio\.js.* Start/,
  );
});

test('a window has the script run its own version, if somebody has made one', async (t) => {
  const path = join(scratchFolder(t), 'background-jobs.cjs');
  await refreshLauncher(path, PROGRAM);
  assert.equal(existsSync(path), false);
  await writeLauncher(path, '/older/stdio.js');
  await refreshLauncher(path, PROGRAM);
  assert.match(readFileSync(path, 'utf8'), new RegExp(JSON.stringify(PROGRAM)));
  rmSync(path);
});
