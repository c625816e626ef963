import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { eventually } from '../../test/support/runner.ts';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { COOKIE } from './job-cookie.ts';
import { jobMark } from './job-mark.ts';
import { linux } from './linux-process-table.ts';
import { readLimit } from './process-limits.ts';

const skip = process.platform !== 'linux' && 'reads /proc';

/** Starts a Node that has printed something, in a session of its own. */
async function startNode(
  t: TestContext,
  { code = '', args = [] }: { readonly code?: string; readonly args?: readonly string[] } = {},
): Promise<ChildProcess & { readonly pid: number }> {
  const program = `console.log("ready"); setInterval(() => undefined, 1000); ${code}`;
  const child = spawn(process.execPath, ['-e', program, '--', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(t, async () => {
    if (child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
  await once(child.stdout, 'data');
  return child as ChildProcess & { readonly pid: number };
}

test('does not list the threads of a young process as processes', { skip }, async (t) => {
  const { pid } = await startNode(t);
  const { started } = (await linux.find(pid))!;
  const listed = await linux.list({ pid, started, ageMs: 0 });
  assert.deepEqual(
    listed.filter(({ session }) => session === pid).map((each) => each.pid),
    [pid],
  );
});

test('follows a process with its later children, and without older processes', { skip }, async (t) => {
  const older = await startNode(t);
  // Start times have a resolution of 10 ms.
  const olderStart = Number((await linux.find(older.pid))!.started);
  let child = await startNode(t);
  while (Number((await linux.find(child.pid))!.started) === olderStart) child = await startNode(t);
  const { started } = (await linux.find(child.pid))!;
  const table = linux.following!({ pid: child.pid, started });
  const pids = async (): Promise<number[]> => (await table.list()).map(({ pid }) => pid);
  const first = await pids();
  assert.ok(first.includes(child.pid));
  assert.ok(!first.includes(older.pid));
  const later = await startNode(t);
  const second = await pids();
  assert.ok(second.includes(child.pid) && second.includes(later.pid));
});

test(
  'a program with a child that is younger than the list does not wait for input alone',
  { skip },
  async (t) => {
    const code =
      'process.stdin.resume(); require("child_process").spawn("sleep", ["100"], { stdio: "inherit" }); console.log("ready")';
    const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const pid = child.pid!;
    await once(child.stdout, 'data');
    const { dev, ino } = statSync(`/proc/${pid}/fd/0`);
    const look = async (): Promise<string> =>
      linux.inputReader!([(await linux.find(pid))!], { dev, ino, rdev: 0 });
    const started = (await linux.list()).filter(({ parent }) => parent === pid);
    atEnd(t, async () => {
      child.kill('SIGKILL');
      for (const each of started) process.kill(each.pid, 'SIGKILL');
      await exit;
    });
    await eventually('it waits', async () => (await look()) !== 'none');
    assert.equal(await look(), 'also');
  },
);

test('a process lives until the last of its threads has ended', { skip }, async (t) => {
  // Number of the system call that ends only the calling thread, from asm/unistd.h.
  const number = { x64: 60, arm64: 93 }[process.arch as string];
  if (number === undefined) {
    t.skip(`the number of the system call is not known for ${process.arch}`);
    return;
  }
  const code = `require('koffi').load(null).func('long syscall(long, ...)')(${number}, 'int', 0)`;
  const child = await startNode(t, { code });
  await eventually('its first thread has ended', () =>
    readFileSync(`/proc/${child.pid}/stat`, 'utf8').includes(' Z '),
  );
  assert.equal((await linux.find(child.pid))?.pid, child.pid);
  assert.ok((await linux.list()).some(({ pid }) => pid === child.pid));
  // Its ports cannot be read, and those of the other processes of the job can.
  const listener = await startNode(t, { code: 'require("net").createServer().listen(0, "127.0.0.1")' });
  const ports = (): Promise<readonly number[]> => linux.listeningPorts([child.pid, listener.pid]);
  await eventually('the port is found', async () => (await ports()).length === 1);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  assert.equal(await linux.find(child.pid), undefined);
});

test('reads the command line of a process as UTF-8', { skip }, async (t) => {
  const { pid } = await startNode(t, { args: ['größe-你好'] });
  assert.match((await linux.details(pid))?.command ?? '', /größe-你好$/);
});

const skipMark =
  skip || (spawnSync('prlimit', ['--version']).status !== 0 && 'needs prlimit(1) of util-linux');

/** Starts a program that has the mark of a job, and waits until it runs. */
async function startMarked(
  t: TestContext,
  command: string,
  env: NodeJS.ProcessEnv,
): Promise<{ pid: number; mark: bigint }> {
  const mark = jobMark(randomUUID())!;
  const child = spawn('prlimit', [`--locks=${mark}:`, '/bin/sh', '-c', command], { env, stdio: 'ignore' });
  atEnd(t, async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
  const pid = child.pid!;
  await eventually('it runs', () => readLimit(pid, 'Max file locks')?.soft === mark);
  return { pid, mark };
}

// Promise: kept-process
test(
  'reads the empty cookie of a process that executes programs all the time',
  { skip: skipMark },
  async (t) => {
    const script = join(scratchFolder(t), 'again.sh');
    writeFileSync(script, 'exec /bin/sh "$0"\n');
    const { pid } = await startMarked(t, `exec /bin/sh '${script}'`, {
      PATH: process.env.PATH,
      [COOKIE]: '',
    });
    const info = (await linux.find(pid))!;
    for (let look = 0; look < 5000; look++) {
      const tags = (await linux.readTags([info])).get(pid);
      assert.equal(tags?.cookie, '', `look ${look}`);
    }
  },
);

// Promise: kill-daemon
test('reads the mark of a process with an empty environment at once', { skip: skipMark }, async (t) => {
  const { pid, mark } = await startMarked(t, 'exec env -i sleep 100', { PATH: process.env.PATH });
  await eventually('it is sleep', () => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'));
  const info = (await linux.find(pid))!;
  const waited = Symbol('waited');
  const tags = await Promise.race([linux.readTags([info]), setImmediate(waited)]);
  assert.ok(tags !== waited, 'It waits for an environment.');
  const found = tags.get(pid);
  assert.deepEqual([found?.cookie, found?.mark], [undefined, mark]);
});
