import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOKIE } from './job-cookie.ts';
import { jobTree } from './process-tree.ts';
import type { ProcessInfo, ProcessTable } from './process-table.ts';

/** Pids above those that Linux gives (2^22), so that none of them is that of this test. */
const ROOT = { id: 'the-job', pid: 9000500, started: '1000' };

interface Row extends ProcessInfo {
  readonly carries?: boolean;
}

function row(pid: number, change: Partial<Row> = {}): Row {
  return { pid, parent: 1, group: pid, started: String(pid * 2), ...change };
}

/** A process table with states that a test cannot bring about in a real one at will. */
function tableOf(rows: readonly Row[]): ProcessTable {
  const unused = (): never => assert.fail('jobTree() needs no more of the table');
  return {
    list: async () => [...rows],
    withVariable: async (processes, assignment) => {
      assert.equal(assignment, `${COOKIE}=the-job`);
      return processes.filter(({ pid }) => rows.some((each) => each.pid === pid && each.carries === true));
    },
    find: unused,
    details: unused,
    listeningPorts: unused,
    bootId: unused,
  };
}

async function pidsOf(rows: readonly Row[], known?: readonly ProcessInfo[]): Promise<number[]> {
  return (await jobTree(tableOf(rows), ROOT, known)).map(({ pid }) => pid).sort((a, b) => a - b);
}

test('the shell, its group and its descendants are the tree, without any environment to read', async () => {
  const rows = [
    row(9000500, { started: '1000' }),
    row(9000501, { parent: 9000500, group: 9000500 }),
    row(9000502, { parent: 9000501 }),
    row(9000503, { group: 9000500 }),
    row(9000600),
  ];
  assert.deepEqual(await pidsOf(rows), [9000500, 9000501, 9000502, 9000503]);
});

test('whoever carries the cookie is found after group and parent are lost, with its children', async () => {
  assert.deepEqual(
    await pidsOf([row(9000510, { carries: true }), row(9000511, { parent: 9000510 }), row(9000600)]),
    [9000510, 9000511],
  );
});

// Promise: reused-pid
test('a stranger with the pid of the shell is left alone, with its group and children', async () => {
  const rows = [row(9000500, { started: '9999' }), row(9000501, { parent: 9000500, group: 9000500 })];
  assert.deepEqual(await pidsOf(rows), []);
});

// Promise: reused-pid
test('a group that outlived a stranger with the pid of the shell is left alone', async () => {
  assert.deepEqual(await pidsOf([row(9000900, { group: 9000500 }), row(9000901, { group: 9000500 })]), []);
});

test('a group without its leader is the tree when one of its members carries the cookie', async () => {
  assert.deepEqual(
    await pidsOf([row(9000510, { group: 9000500, carries: true }), row(9000511, { group: 9000500 })]),
    [9000510, 9000511],
  );
});

test('a member of an earlier look stays one while it lives, and a new process with its pid is none', async () => {
  const known = [row(9000510), row(9000511)];
  assert.deepEqual(await pidsOf([row(9000510), row(9000511, { started: '7777' })], known), [9000510]);
});
