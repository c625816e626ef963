import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import type { JobRecord } from './job-record.ts';
import { Journal } from './journal.ts';

function job(id: string, change: Partial<JobRecord> = {}): JobRecord {
  return {
    id,
    command: `echo ${id}`,
    cwd: '/',
    shell: '/bin/sh',
    env: {},
    stdin: 'open',
    mergeStderr: false,
    maxOutputSize: 1,
    startedBy: { kind: 'agent' },
    status: 'running',
    startedAt: 1,
    runner: 'r',
    ...change,
  };
}

test('the last record of a job applies, and a removed job is gone wherever its line is', (t) => {
  const journal = new Journal(scratchFolder(t));
  journal.recordJob(job('a'));
  journal.recordRemoved('b');
  journal.recordJob(job('b'));
  journal.recordJob(job('a', { status: 'completed', exitCode: 0 }));
  journal.recordLogDropped('a');
  const { jobs, logDropped } = journal.read();
  assert.deepEqual([...jobs.keys()], ['a']);
  assert.equal(jobs.get('a')?.status, 'completed');
  assert.deepEqual([...logDropped], ['a']);
});

// Promise: cut-files
test('a journal that was cut at any byte is read up to there, and can be continued', (t) => {
  const folder = scratchFolder(t);
  const journal = new Journal(folder);
  for (const id of ['a', 'b', 'c']) journal.recordJob(job(id));
  const path = join(folder, 'journal.jsonl');
  const whole = readFileSync(path);
  for (let length = 0; length <= whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    const known = [...journal.read().jobs.keys()];
    assert.deepEqual(known, ['a', 'b', 'c'].slice(0, known.length));
    journal.recordJob(job('next'));
    assert.deepEqual([...journal.read().jobs.keys()], [...known, 'next']);
  }
});

test('a compaction keeps valid lines, even if it is interrupted or lines are appended meanwhile', (t) => {
  const folder = scratchFolder(t);
  const journal = new Journal(folder);
  for (const id of ['a', 'b', 'c']) journal.recordJob(job(id));
  journal.recordRemoved('b');
  journal.compact();
  journal.recordJob(job('d'));
  // As if the process had died behind the rename of the journal.
  writeFileSync(join(folder, 'journal.older.jsonl'), `${JSON.stringify({ v: 1, job: job('e') })}\n`);
  assert.deepEqual([...journal.read().jobs.keys()].sort(), ['a', 'c', 'd', 'e']);
  journal.compact();
  journal.compact();
  assert.deepEqual([...journal.read().jobs.keys()].sort(), ['a', 'c', 'd', 'e']);
  assert.ok(!readFileSync(join(folder, 'journal.base.jsonl'), 'utf8').includes('"b"'));
});

test(
  'a journal that stays open appends to the file that has its name',
  { skip: process.platform === 'win32' },
  (t) => {
    const folder = scratchFolder(t);
    const path = join(folder, 'journal.jsonl');
    const journal = new Journal(folder, { staysOpen: true });
    t.after(() => journal.close());
    for (const id of ['a', 'b']) journal.recordJob(job(id));
    // As a compaction and a removal by another process do.
    renameSync(path, join(folder, 'journal.older.jsonl'));
    journal.recordJob(job('c'));
    assert.deepEqual([...journal.read().jobs.keys()], ['a', 'b', 'c']);
    assert.match(readFileSync(path, 'utf8'), /"c"/);
    rmSync(folder, { recursive: true });
    assert.throws(() => journal.recordJob(job('d')), { code: 'ENOENT' });
    mkdirSync(folder);
    journal.recordJob(job('e'));
    assert.deepEqual([...journal.read().jobs.keys()], ['e']);
  },
);

test('lines of an unknown version and garbage are ignored', (t) => {
  const folder = scratchFolder(t);
  const journal = new Journal(folder);
  journal.recordJob(job('a'));
  appendFileSync(join(folder, 'journal.jsonl'), '{"v":99,"job":{"id":"x"}}\nnull\n[1]\n"\0\n');
  assert.deepEqual([...journal.read().jobs.keys()], ['a']);
});

test('a folder that cannot be created is an error of the file system', (t) => {
  const folder = scratchFolder(t);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => new Journal(join(folder, 'file')).recordJob(job('a')), {
    code: process.platform === 'win32' ? 'ENOENT' : 'ENOTDIR',
  });
  mkdirSync(join(folder, 'new'));
  assert.deepEqual(new Journal(join(folder, 'none')).read().jobs.size, 0);
});
