import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobMark } from './job-mark.ts';
import type { InheritedTags, ProcessInfo, ProcessTable } from './process-table.ts';
import { jobTree, type TreeRoot } from './process-tree.ts';

const ID = '0f3a5b7c-1d2e-4f60-8a9b-0c1d2e3f4a5b';

/** Above the highest pid of Linux (2^22), so that none of them is the pid of this process. */
const ROOT = { id: ID, pid: 9000500, started: '1000' };

/** A process that carries the cookie of the job. */
const COOKIE_OF_JOB: InheritedTags = { cookie: ID };

interface Row extends ProcessInfo {
  readonly tags?: InheritedTags;
}

function row(pid: number, change: Partial<Row> = {}): Row {
  return {
    pid,
    parent: 1,
    group: pid,
    session: pid,
    started: String(pid * 2),
    isStopped: false,
    ...change,
  };
}

/** A process table with states that a test cannot create at will in a real one. */
function tableOf(rows: readonly Row[]): ProcessTable {
  const unused = (): never => assert.fail('jobTree() does not need this method');
  return {
    list: async () => [...rows],
    readTags: async () => new Map(rows.flatMap(({ pid, tags }) => (tags === undefined ? [] : [[pid, tags]]))),
    find: unused,
    details: unused,
    listeningPorts: unused,
    bootId: unused,
    send: unused,
  };
}

async function pidsOf(
  rows: readonly Row[],
  known?: readonly ProcessInfo[],
  root: TreeRoot = ROOT,
): Promise<number[]> {
  return (await jobTree(tableOf(rows), root, known)).map(({ pid }) => pid).sort((a, b) => a - b);
}

test('the shell, its group, its session and its descendants are the tree, without any tag', async () => {
  const rows = [
    row(9000500, { started: '1000' }),
    row(9000501, { parent: 9000500, group: 9000500, session: 9000500 }),
    row(9000502, { parent: 9000501 }),
    row(9000503, { group: 9000500, session: 9000500 }),
    row(9000504, { session: 9000500 }),
    row(9000600),
  ];
  assert.deepEqual(await pidsOf(rows), [9000500, 9000501, 9000502, 9000503, 9000504]);
});

test('a process with the cookie is found without group and parent, with its children', async () => {
  const rows = [row(9000510, { tags: COOKIE_OF_JOB }), row(9000511, { parent: 9000510 }), row(9000600)];
  assert.deepEqual(await pidsOf(rows), [9000510, 9000511]);
});

test('a process with the mark is found without cookie, and one with the mark of another job is not', async () => {
  const mark = jobMark(ID);
  const another = jobMark(ID.replace('0f3a', '0f3b'));
  const rows = [
    row(9000510, { tags: { cookie: undefined, mark } }),
    row(9000511, { tags: { cookie: undefined, mark: another } }),
    row(9000512, { tags: { cookie: undefined } }),
  ];
  assert.deepEqual(await pidsOf(rows), [9000510]);
});

test('a process with an empty cookie is not in the tree once it has left the session, nor are its children', async () => {
  const tags = { cookie: '', mark: jobMark(ID) };
  const rows = [
    row(9000500, { started: '1000' }),
    row(9000501, { parent: 9000500, group: 9000500, session: 9000500, tags }),
    row(9000502, { parent: 9000501, tags }),
    row(9000503, { parent: 9000502, tags }),
  ];
  assert.deepEqual(await pidsOf(rows), [9000500, 9000501]);
});

// Promise: reused-pid
test('a stranger with the pid of the shell is not in the tree, nor are its group and children', async () => {
  const rows = [row(9000500, { started: '9999' }), row(9000501, { parent: 9000500, group: 9000500 })];
  assert.deepEqual(await pidsOf(rows), []);
});

// Promise: reused-pid
test('a group that outlived a stranger with the pid of the shell is not in the tree', async () => {
  const rows = [row(9000900, { group: 9000500 }), row(9000901, { group: 9000500, session: 9000500 })];
  assert.deepEqual(await pidsOf(rows), []);
});

test('a group without its leader is the tree if one of its members carries the cookie', async () => {
  const rows = [row(9000510, { group: 9000500, tags: COOKIE_OF_JOB }), row(9000511, { group: 9000500 })];
  assert.deepEqual(await pidsOf(rows), [9000510, 9000511]);
});

test('a member of an earlier look remains one while it lives, and a new process with its pid is none', async () => {
  const known = [row(9000510), row(9000511)];
  assert.deepEqual(await pidsOf([row(9000510), row(9000511, { started: '7777' })], known), [9000510]);
});

// Promise: other-systems
test('start times of macOS are compared in UTC, also in an hour that the local time skips', async (t) => {
  const { TZ } = process.env;
  t.after(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });
  process.env.TZ = 'America/New_York';
  const started = 'Sun Mar 8 02:59:59 2026';
  const child = { parent: ROOT.pid, group: 0, session: 0 };
  const rows = [
    row(ROOT.pid, { started }),
    row(9000700, { ...child, started: 'Sun Mar 8 02:59:58 2026' }),
    row(9000701, { ...child, started: 'Sun Mar 8 03:00:05 2026' }),
  ];
  assert.deepEqual(await pidsOf(rows, [], { ...ROOT, started }), [ROOT.pid, 9000701]);
});

// Promise: windows-process-table
test('a process that is older than the one with its parent’s pid is not its child', async () => {
  const child = { parent: ROOT.pid, group: 0, session: 0 };
  const rows = [
    row(ROOT.pid, { started: ROOT.started }),
    row(9000700, { ...child, started: String(Number(ROOT.started) - 1) }),
    row(9000701, { ...child, started: ROOT.started }),
  ];
  assert.deepEqual(await pidsOf(rows), [ROOT.pid, 9000701]);
});
