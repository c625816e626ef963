import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { loadCLibrary } from './c-library.ts';
import type { ChildEnd } from './child-exits.ts';
import { PosixSpawn, type SpawnRequest } from './posix-spawn.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const options = { skip: process.platform !== 'linux' && 'needs Linux' };
const create = (): PosixSpawn => new PosixSpawn(loadCLibrary(root));
const shared = process.platform === 'linux' ? create() : undefined;

/** Runs a command of sh. @returns how it ended, and what it printed */
async function run(
  t: TestContext,
  command: string,
  change: Partial<SpawnRequest> = {},
): Promise<ChildEnd & { readonly pid: number; readonly output: string }> {
  const path = join(scratchFolder(t), 'output');
  const output = openSync(path, 'w');
  try {
    const spawned = shared!.spawn({
      file: '/bin/sh',
      args: ['-c', command],
      cwd: '/',
      env: { PATH: process.env.PATH },
      files: [undefined, output, output],
      ...change,
    });
    assert.ok(spawned);
    const end = await spawned.exited;
    return { ...end, pid: spawned.pid, output: readFileSync(path, 'utf8') };
  } finally {
    closeSync(output);
  }
}

/** A program that prints what it got. */
const PROBE = `
  const { readFileSync, readlinkSync } = require('node:fs');
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(2, 4);
  const isLeader = Number(group) === process.pid && Number(session) === process.pid;
  console.log(JSON.stringify({ isLeader, cwd: process.cwd(), env: process.env, stdin: readlinkSync('/proc/self/fd/0') }));
`;

test(
  'a process leads its own session and group, in its folder, with exactly its environment',
  options,
  async (t) => {
    const cwd = join(scratchFolder(t), 'a b');
    mkdirSync(cwd);
    const env = { EMPTY: '', TEXT: 'ä\n=😀', UNSET: undefined };
    const { output } = await run(t, '', { file: process.execPath, args: ['-e', PROBE], cwd, env });
    assert.deepEqual(JSON.parse(output), {
      ...{ isLeader: true, cwd, stdin: '/dev/null' },
      env: { EMPTY: '', TEXT: env.TEXT },
    });
  },
);

test('it has the signals, descriptors and limits that Node gives to its children', options, async (t) => {
  const look = 'exec grep -hE "^Sig(Blk|Ign)|^Max" /proc/self/status /proc/self/limits';
  for (const command of [look, 'echo /proc/$$/fd/*']) {
    const path = join(scratchFolder(t), 'output');
    const file = openSync(path, 'w');
    const child = spawn('/bin/sh', ['-c', command], { cwd: '/', stdio: ['ignore', file, file] });
    await once(child, 'exit');
    closeSync(file);
    const { output } = await run(t, command);
    assert.equal(comparable(output), comparable(readFileSync(path, 'utf8')));
  }
});

/** Without the pid. */
function comparable(output: string): string {
  return output.replaceAll(/\/proc\/\d+/g, '');
}

test('the end is an exit code or a signal, also one without a name in Node', options, async (t) => {
  const ends: readonly (readonly [command: string, code: number | null, signal: string | null])[] = [
    ['true', 0, null],
    ['exit 255', 255, null],
    ['kill -KILL $$', null, 'SIGKILL'],
    ['ulimit -c 0; kill -ABRT $$', null, 'SIGABRT'],
    ['kill -34 $$', null, 'SIGRTMIN'],
    ['kill -64 $$', null, 'SIGRTMIN+30'],
  ];
  for (const [command, code, signal] of ends) {
    const { code: actualCode, signal: actualSignal } = await run(t, command);
    assert.deepEqual([actualCode, actualSignal], [code, signal], command);
  }
});

test('the ends of many processes at once are noticed, and those of Node too', options, async () => {
  const request: SpawnRequest = {
    ...{ file: '/bin/sh', cwd: '/', env: {} },
    args: [],
    files: [undefined, 2, 2],
  };
  const codes = Array.from({ length: 50 }, (_, at) => at);
  const own = codes.map((code) => shared!.spawn({ ...request, args: ['-c', `exit ${code}`] })!.exited);
  const others = codes.map((code) => once(spawn('/bin/sh', ['-c', `exit ${code}`]), 'exit'));
  assert.deepEqual(
    (await Promise.all(own)).map(({ code }) => code),
    codes,
  );
  assert.deepEqual(
    (await Promise.all(others)).map(([code]) => code as number),
    codes,
  );
});

test('several instances do not take the ends of each other', options, async () => {
  const request: SpawnRequest = {
    ...{ file: '/bin/sh', args: ['-c', 'exit 3'], cwd: '/', env: {} },
    files: [undefined, 2, 2],
  };
  const ends = [create(), create()].map((each) => each.spawn(request)!.exited);
  assert.deepEqual(
    (await Promise.all(ends)).map(({ code }) => code),
    [3, 3],
  );
});

test('what cannot be started is left to Node', options, (t) => {
  const folder = scratchFolder(t);
  const script = join(folder, 'script');
  writeFileSync(script, 'exit 0');
  chmodSync(script, 0o755);
  const request: SpawnRequest = {
    ...{ file: '/bin/sh', args: ['-c', 'true'], cwd: '/', env: {} },
    files: [undefined, 2, 2],
  };
  const impossible: readonly Partial<SpawnRequest>[] = [
    { file: join(folder, 'missing') },
    { file: folder },
    // Without "#!", which a shell would run.
    { file: script },
    { cwd: join(folder, 'missing') },
    { env: { LONG: 'x'.repeat(200_000) } },
    { args: ['-c', 'true\0false'] },
    { env: { 'A\0B': '' } },
    { files: { terminal: join(folder, 'missing') } },
    { files: [99_999, 2, 2] },
  ];
  for (const change of impossible)
    assert.equal(shared!.spawn({ ...request, ...change }), undefined, JSON.stringify(change).slice(0, 80));
});
