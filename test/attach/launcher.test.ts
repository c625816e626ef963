import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeLauncher } from '../../src/mcp/attach/launcher.ts';
import { DIST, storageFolder } from '../support/mcp-session.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';

const PROGRAM = join(DIST, 'stdio.js');

test('the script runs the server, and reports if the extension is no longer there', async (t) => {
  const path = join(scratchFolder(t), 'new', 'background-jobs.cjs');
  await writeLauncher(path, PROGRAM);
  const help = spawnSync(path, ['--help'], { encoding: 'utf8' });
  assert.match(help.stdout, /^Usage: background-jobs/);
  await writeLauncher(path, '/no/such/stdio.js', 0);
  const { status, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8', input: '' });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^background-jobs: Error: The extension .* was updated or removed \(\/no\/such\/stdio\.js does not exist\)/,
  );
});

test('a window makes the script run its own version', async (t) => {
  const path = join(scratchFolder(t), 'background-jobs.cjs');
  await writeLauncher(path, '/older/stdio.js');
  await writeLauncher(path, PROGRAM);
  assert.match(readFileSync(path, 'utf8'), new RegExp(JSON.stringify(PROGRAM)));
  const { ino } = statSync(path);
  await writeLauncher(path, PROGRAM);
  assert.equal(statSync(path).ino, ino, 'it is not written again');
});

test('while the extension is being updated, the script waits for the new version', async (t) => {
  const path = join(scratchFolder(t), 'background-jobs.cjs');
  await writeLauncher(path, '/older/stdio.js', 60_000);
  const child = spawn(process.execPath, [path, '--storage', storageFolder(t)], { stdio: 'pipe' });
  atEnd(t, async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const answer = once(child.stdout, 'data') as Promise<[Buffer]>;
  const clientInfo = { name: 'client', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'initialize', params })}\n`);
  await writeLauncher(path, PROGRAM);
  const { id, result } = JSON.parse(String((await answer)[0])) as { id: number; result?: object };
  assert.equal(id, 7);
  assert.notEqual(result, undefined);
});

test('if the extension was removed, the first request of a client is answered with the reason', async (t) => {
  const path = join(scratchFolder(t), 'background-jobs.cjs');
  await writeLauncher(path, '/no/such/stdio.js', 0);
  const client = spawnSync(process.execPath, [path], {
    encoding: 'utf8',
    input: '{"jsonrpc":"2.0","id":7,"method":"initialize","params":{}}\n',
  });
  assert.equal(client.status, 1);
  const { id, error } = JSON.parse(client.stdout) as { id: number; error: { message: string } };
  assert.equal(id, 7);
  assert.match(error.message, /was updated or removed .* Reload the VS Code window and try again/);
});
