import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobError } from '../../base/job-error.ts';
import type { JobRecord, Status } from '../../protocol/job-record.ts';
import { JobTable } from './job-table.ts';

function job(id: string, startedAt: number, name?: string, status: Status = 'completed'): JobRecord {
  return {
    id,
    ...(name !== undefined && { name }),
    command: 'x',
    cwd: '/',
    shell: 'sh',
    env: {},
    stdin: 'open',
    mergeStderr: false,
    maxOutputSize: 1,
    startedBy: { kind: 'agent' },
    status,
    startedAt,
    runner: 'r',
  };
}

function tableOf(...jobs: JobRecord[]): JobTable {
  const table = new JobTable();
  for (const each of jobs) table.put(each);
  return table;
}

test('finds a job by exact id, then running name, then newest finished name, then unique prefix', () => {
  const table = tableOf(
    job('aaaa1111', 1, 'web'),
    job('bbbb1111', 2, 'web', 'running'),
    job('bbbb2222', 3, 'web'),
    job('cccc1111', 4, 'aaaa1111'),
    job('dddd1111', 5, 'old'),
    job('dddd2222', 6, 'old'),
  );
  assert.equal(table.get('aaaa1111').id, 'aaaa1111');
  assert.equal(table.get('web').id, 'bbbb1111');
  assert.equal(table.get('old').id, 'dddd2222');
  assert.equal(table.get('CCCC').id, 'cccc1111');
  assert.throws(() => table.get('bbbb'), /matches 2 jobs.*bbbb2222.*bbbb1111/);
  assert.throws(() => table.get('ccc'), JobError);
});

test('the error for an unknown job lists the newest jobs', () => {
  assert.throws(() => tableOf().get('x'), /no other job/);
  assert.throws(() => tableOf(job('aaaa1111', 1, 'web')).get('x'), /"web", completed/);
  const many = Array.from({ length: 9 }, (_, at) => job(`id${at}`, at));
  assert.throws(() => tableOf(...many).get('x'), /id8.*id4.* and 4 more/);
});

test('lists the newest job first, in whatever order jobs are added', () => {
  const table = tableOf(job('c', 3), job('a', 1), job('b', 2));
  assert.deepEqual(
    table.list().map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});

test('a late notification does not make a finished job run again', () => {
  const table = tableOf(job('a', 1, undefined, 'running'), job('a', 1), job('a', 1, undefined, 'running'));
  assert.equal(table.find('a')?.status, 'completed');
});

test('an unchanged record emits no event', () => {
  const table = tableOf(job('aaaa', 1, 'web', 'running'));
  const changes: JobRecord[] = [];
  table.on('changed', (changed) => changes.push(changed));
  table.put(job('aaaa', 1, 'web', 'running'));
  assert.equal(changes.length, 0);
  table.put(job('aaaa', 1, 'api', 'running'));
  table.put({ ...job('aaaa', 1, 'api'), exitCode: 0 });
  table.put(job('aaaa', 1, undefined));
  assert.deepEqual(
    changes.map(({ name, status, exitCode }) => [name, status, exitCode]),
    [
      ['api', 'running', undefined],
      ['api', 'completed', 0],
      [undefined, 'completed', undefined],
    ],
  );
});

test('reports another size of the terminal, and not the same size again', () => {
  const running = { ...job('aaaa1111', 1, undefined, 'running'), terminal: { columns: 80, rows: 24 } };
  const table = tableOf(running);
  const reported: (number | undefined)[] = [];
  table.on('changed', ({ terminalSize }) => reported.push(terminalSize?.columns));
  for (const columns of [90, 90, 100]) table.put({ ...running, terminalSize: { columns, rows: 24 } });
  assert.deepEqual(reported, [90, 100]);
  assert.equal(table.get('aaaa1111').terminalSize?.columns, 100);
});

test('reports that a queued job waits for another job than before', () => {
  const queued = { ...job('a', 2, 'dependent', 'queued'), after: ['old'] };
  const table = tableOf(queued);
  const seen: (readonly string[] | undefined)[] = [];
  table.on('changed', ({ after }) => seen.push(after));
  table.put({ ...queued, after: ['new'] });
  table.put({ ...queued, after: ['new'] });
  assert.deepEqual(seen, [['new']]);
  assert.deepEqual(table.get('a').after, ['new']);
});
