import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobError } from '../../base/job-error.ts';
import type { Tail } from '../../log/read/log-tail.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { JobLogs } from '../output/job-logs.ts';
import { JobTable } from '../records/job-table.ts';
import { queueStateOf } from '../records/queue-state.ts';
import { dependenciesForRestart, dependenciesOf } from './job-dependencies.ts';

const RUNNER = 'this-runner';
const MINUTE_MS = 60_000;

function record(id: string, change: Partial<JobRecord> = {}): JobRecord {
  return {
    ...{ id, runner: RUNNER, command: 'x', cwd: '/', shell: '/bin/sh', env: {}, stdin: 'open' },
    ...{ mergeStderr: true, maxOutputSize: 1, startedBy: { kind: 'agent' }, status: 'running', startedAt: 1 },
    ...change,
  };
}

const logs = { readTail: () => ({ text: 'a last line\n' }) as Tail } as unknown as JobLogs;

function known(...jobs: JobRecord[]): { jobs: JobTable; logs: JobLogs } {
  const table = new JobTable();
  for (const job of jobs) table.put(job);
  return { jobs: table, logs };
}

function refusal(job: JobRecord, after: readonly string[] = [job.id]): string {
  try {
    dependenciesOf(known(job), { after, runner: RUNNER });
  } catch (error) {
    assert.ok(error instanceof JobError);
    return error.message;
  }
  return '';
}

test('finds each job once, by id or name', () => {
  const jobs = [record('1111-a', { name: 'db' }), record('2222-b', { status: 'queued' })];
  const found = dependenciesOf(known(...jobs), { after: ['db', '1111', '2222-b'], runner: RUNNER });
  assert.deepEqual(
    found.map(({ id }) => id),
    ['1111-a', '2222-b'],
  );
});

test('accepts a job that completed a moment ago, but not one that completed long ago', () => {
  const completed = { status: 'completed', runner: 'earlier' } as const;
  assert.equal(refusal(record('1111', { ...completed, endedAt: Date.now() - 9 * MINUTE_MS })), '');
  assert.match(
    refusal(record('1111', { ...completed, name: 'build', endedAt: Date.now() - 125 * MINUTE_MS })),
    /^The job "build" completed 2h5m0s ago\. Restart it to run it again first, or leave it out of after\.$/,
  );
});

test('accepts a job that failed after the request, but not one whose end another runner knows', () => {
  const requestedAt = 1000;
  const failed = record('1111', { status: 'failed', exitCode: 1, endedAt: requestedAt });
  const ask = (job: JobRecord): unknown =>
    dependenciesOf(known(job), { after: [job.id], runner: RUNNER, requestedAt });
  assert.deepEqual(ask(failed), [failed]);
  assert.throws(() => ask({ ...failed, endedAt: requestedAt - 1 }), /would never start/);
  assert.throws(() => ask({ ...failed, runner: 'another' }), /would never start/);
});

test('says how a job ended that can no longer be waited for, and what it printed last', () => {
  const cases: readonly [Partial<JobRecord>, RegExp][] = [
    [
      { status: 'failed', exitCode: 3 },
      /failed with exit code 3\. Its last lines: "a last line"\. Fix the cause/,
    ],
    [{ status: 'failed', error: 'There is no shell.' }, /could not start: There is no shell\./],
    [{ status: 'killed', endedBy: 'agent' }, /was killed \(agent\)\./],
    [{ status: 'killed', endedBy: 'timeout' }, /was killed after its timeout\./],
    [{ status: 'killed', endedBy: 'itself', signal: 'SIGSEGV' }, /was killed by SIGSEGV\./],
    [{ status: 'lost' }, /was lost: its runner died\./],
    [{ readyError: 'It takes too long.' }, /runs, but is never known to be ready\. It takes too long\./],
  ];
  for (const [change, words] of cases) {
    const message = refusal(record('1111', { name: 'db', ...change }));
    assert.match(message, /^A job after "db" would never start, because the job "db" \(1111\) /);
    assert.match(message, words);
    assert.match(message, /restart "db" first\.$/);
  }
});

test('says which jobs to restart, also of a long chain and of names that were used again', () => {
  const failed = (name: string, cause?: string): JobRecord =>
    record(name, { name, status: 'failed', ...(cause !== undefined && { failedDependency: cause }) });
  const advice = (jobs: readonly JobRecord[], after: string): string => {
    try {
      dependenciesOf(known(...jobs), { after: [after], runner: RUNNER });
    } catch (error) {
      return /Fix the cause and (.*)/.exec((error as Error).message)?.[1] ?? '';
    }
    return '';
  };
  const chain = [0, 1, 2, 3, 4, 5].map((at) => failed(`job-${at}`, at === 0 ? undefined : `job-${at - 1}`));
  assert.equal(advice(chain, 'job-2'), 'restart "job-0" first, then "job-1", then "job-2".');
  assert.equal(advice(chain, 'job-5'), 'restart "job-0" first, then the jobs after it up to "job-5".');
  const [first, second] = [
    { ...failed('a'), id: '1' },
    { ...failed('b', '1'), id: '2' },
  ];
  const again = { ...failed('a', '2'), id: '3', startedAt: 3 };
  assert.equal(advice([first, second, again], 'b'), 'restart "a" first, then "b".');
});

test('refuses jobs of another runner, the job itself, and too many', () => {
  assert.match(refusal(record('1111', { runner: 'other' })), /belongs to a runner of another version/);
  assert.match(refusal(record('1111'), Array<string>(21).fill('1111')), /at most 20 others/);
  assert.throws(
    () => dependenciesOf(known(), { name: 'web', after: ['web'], runner: RUNNER }),
    /"web" cannot wait for itself/,
  );
});

test('a restart waits for those that took the place of the ones it waited for', () => {
  const { jobs } = known(
    record('1111', { name: 'db', status: 'killed' }),
    record('2222', { name: 'db', startedAt: 2 }),
    record('3333', { status: 'completed' }),
    record('4444', { status: 'failed' }),
    record('5555'),
  );
  const job = record('6666', { after: ['1111', '3333', '4444', '5555', 'removed'] });
  assert.deepEqual(dependenciesForRestart(jobs, job), ['2222', '5555']);
});

test('a queued job waits for those that are not ready, or has a place among those that may start', () => {
  const db = record('db', { ready: { until: 'port', port: 1 } });
  const waiting = record('api', { status: 'queued', startedAt: 2, after: ['db', 'removed'] });
  const first = record('one', { status: 'queued', startedAt: 3 });
  const second = record('two', { status: 'queued', startedAt: 4 });
  const { jobs } = known(db, waiting, second, first);
  const stateOf = (job: JobRecord) => {
    const { waitsFor, position } = queueStateOf(jobs, job)!;
    return [waitsFor.map(({ id }) => id), position];
  };
  assert.deepEqual([waiting, first, second].map(stateOf), [
    [['db'], undefined],
    [[], 1],
    [[], 2],
  ]);
  jobs.put({ ...db, readySince: 5 });
  assert.deepEqual([waiting, first, second].map(stateOf), [
    [[], 1],
    [[], 2],
    [[], 3],
  ]);
  assert.equal(queueStateOf(jobs, db), undefined);
});

test('jobs of another runner, such as one on another machine, have no place in the queue before a job', () => {
  const elsewhere = { runner: 'another-runner' };
  const job = record('here', { status: 'queued', startedAt: 5 });
  const { jobs } = known(
    record('running there', elsewhere),
    record('queued there', { ...elsewhere, status: 'queued', startedAt: 2 }),
    record('running here'),
    job,
  );
  const { position, running } = queueStateOf(jobs, job)!;
  assert.deepEqual([position, running.map(({ id }) => id)], [1, ['running here']]);
});

test('a queued job that starts is newer than those that started before it', () => {
  const queued = record('late', { status: 'queued', startedAt: 2 });
  const { jobs } = known(record('first'), queued, record('other', { startedAt: 3 }));
  jobs.put({ ...queued, status: 'running', startedAt: 4 });
  assert.deepEqual(
    jobs.list().map(({ id }) => id),
    ['late', 'other', 'first'],
  );
  jobs.put(queued);
  assert.equal(jobs.get('late').status, 'running', 'an old notification changes nothing');
  assert.deepEqual([jobs.queued().length, jobs.running().length], [0, 3]);
});
