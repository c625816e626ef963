import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow } from '../../src/jobs/log-follower.ts';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { defaultShell, findOnPath } from '../../src/jobs/start/shell.ts';
import type { Stream } from '../../src/log/store/log-segments.ts';
import { start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { repeats } from '../support/repeats.ts';

const JOBS = repeats(100, 20);
/** At 100 a second for each job: a minute, or two seconds. */
const LINES = repeats(6000, 200);
const FOLLOWED = 5;

/** Odd numbers on stdout, even ones on stderr. `read` waits for a line that never comes, and starts no process. */
const COMMAND = `for ((i = 1; i <= ${LINES}; i++)); do
  if ((i % 2)); then echo "line $i"; else echo "line $i" >&2; fi
  read -t 0.01
done; true`;

// Promise: output-load
test(`keeps every line, in order, of ${JOBS} jobs that print 100 lines a second each`, async (t) => {
  const shell = findOnPath('bash', process.env);
  if (shell === undefined) {
    t.skip(`needs bash, whose read can wait for less than a second; there is ${defaultShell(process.env)}`);
    return;
  }
  const limits = { ...DEFAULT_LIMITS, maxConcurrentJobs: JOBS };
  const manager = openManager(t, { settings: () => ({ limits, shell, cwd: process.cwd() }) });
  const began = performance.now();
  const jobs = await Promise.all(
    Array.from({ length: JOBS }, () => start(manager, COMMAND, { mergeStderr: false })),
  );
  const followed = jobs.slice(0, FOLLOWED).map(({ id }) => readAll(manager, id));
  await Promise.all(jobs.map(({ id }) => untilEnd(manager, id, 600_000)));
  t.diagnostic(`${JOBS * LINES} lines in ${Math.round(performance.now() - began)} ms`);

  const expected = Array.from({ length: LINES }, (_, at) => at + 1);
  const odd = expected.filter((number) => number % 2 === 1);
  const even = expected.filter((number) => number % 2 === 0);
  for (const { id } of jobs) {
    assert.equal(manager.jobs.get(id).exitCode, 0);
    assert.deepEqual(numbersOf(manager, id, 'stdout'), odd);
    assert.deepEqual(numbersOf(manager, id, 'stderr'), even);
  }
  for (const text of await Promise.all(followed)) {
    assert.deepEqual(
      numbersIn(text).sort((a, b) => a - b),
      expected,
    );
  }
});

/** Reads the log while the job runs, as a client would. */
async function readAll(manager: JobManager, id: string): Promise<string> {
  let text = '';
  for await (const page of follow(manager, id, 0, new AbortController().signal)) text += page.text;
  return text;
}

function numbersOf(manager: JobManager, id: string, stream: Stream): number[] {
  const parts: Buffer[] = [];
  for (let cursor = 0; ;) {
    const page = manager.logs.readRaw(id, { cursor, maxBytes: 1024 * 1024, stream });
    parts.push(page.bytes);
    if (page.next === cursor) break;
    cursor = page.next;
  }
  return numbersIn(Buffer.concat(parts).toString());
}

/** Whole lines only. Anything else fails the test. */
function numbersIn(text: string): number[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(/^line (\d+)$/.exec(line)?.[1]));
}
