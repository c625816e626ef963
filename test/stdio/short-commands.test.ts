import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type McpSession, openSession, runnersOf, storageFolder } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';
import { SOON } from './support/session.ts';
import { slowDisk, slowWrites } from './support/slow-disk.ts';

/** The number of concurrent calls, and the limit of running jobs. */
const LANES = 8;
const COMMANDS = repeats(1000, 64);

test('commands that print a line and exit at once return it', async (t) => {
  await runAll(await open(t), COMMANDS);
});

test('also when the disk makes the runner wait at any moment', async (t) => {
  const session = await open(t);
  const stop = slowDisk(t, await runnerOf(session));
  await runAll(session, COMMANDS);
  await stop();
});

test('also when every write and open takes 5 ms', async (t) => {
  const session = await open(t);
  const stop = await slowWrites(t, await runnerOf(session), 5);
  if (stop === undefined) {
    t.skip('there is no strace, or it may not trace');
    return;
  }
  // This also slows down the jobs, since a shell opens many files.
  await runAll(session, repeats(300, 8));
  await stop();
});

function open(t: TestContext): Promise<McpSession> {
  return openSession(t, { storage: storageFolder(t), args: ['--max-concurrent-jobs', String(LANES)] });
}

/** Starts the runner. */
async function runnerOf(session: McpSession): Promise<number> {
  await runOne(session, -1);
  const [pid] = runnersOf(session.storage);
  return pid as number;
}

async function runAll(session: McpSession, count: number): Promise<void> {
  let at = 0;
  const lane = async (): Promise<void> => {
    while (at < count) await runOne(session, at++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Prints on each stream in turn, with and without a line end. */
async function runOne(session: McpSession, at: number): Promise<void> {
  const command = `${at % 3 === 0 ? 'printf' : 'echo'} 'line ${at}'${at % 2 === 0 ? ' >&2' : ''}`;
  const { facts, log, text } = await session.call('execute', {
    command,
    stderr: at % 5 === 0 ? 'separate' : 'merged',
    wait_s: SOON,
  });
  const { reason, status, left } = facts;
  assert.deepEqual(
    { reason, status, left, log: log.trimEnd() },
    { reason: 'exit', status: 'completed', left: '0', log: `line ${at}` },
    text,
  );
}
