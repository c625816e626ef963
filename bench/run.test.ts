import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InstalledPeer, type JobServer, NotOffered } from './peer.ts';
import type { Row, RowContext } from './row.ts';
import { type Available, emptyRows, runRounds } from './run.ts';

/** The rows here call no server and run nothing. */
const context = {} as RowContext;
const installed: InstalledPeer = {
  version: '1',
  open: () => Promise.resolve({ server: {} as JobServer, close: () => Promise.resolve() }),
};

function peer(name: string, more: Partial<Available> = {}): Available {
  return { name, ours: false, means: '', install: () => Promise.resolve(installed), installed, ...more };
}

function row(id: string, measure: Row['measure'], more: Partial<Row> = {}): Row {
  return { id, metrics: () => [{ id, title: id, unit: 'ms' }], measure, ...more };
}

const measuring = (id: string, figure: () => number): Row['measure'] => {
  return () => Promise.resolve({ figures: { [id]: figure() }, problems: [] });
};

async function run(rows: Row[], peers: Available[], rounds: number) {
  const results = emptyRows(rows, context);
  await runRounds(rows, results, peers, rounds, context, () => undefined);
  return results;
}

test('divides by the limit measured right before, or by the one of the measurement if it has one', async () => {
  let limit = 0;
  const measureLimit = () => Promise.resolve({ a: ++limit });
  const own = () => Promise.resolve({ figures: { b: 9 }, problems: [], limit: { b: 3 } });
  const rows = [
    row(
      'a',
      measuring('a', () => 12),
      { measureLimit },
    ),
    row('b', own),
  ];
  const [a, b] = await run(rows, [peer('one'), peer('two')], 2);
  assert.deepEqual(a?.limits, { a: [1, 2, 3, 4] });
  assert.deepEqual(a.peers.one?.ratios, { a: [12, 4] });
  assert.deepEqual(a.peers.two?.ratios, { a: [6, 3] });
  assert.deepEqual(b?.peers.one?.ratios, { b: [3, 3] });
});

test('skips a peer that failed or lacks the feature, also in larger rows of the same kind', async () => {
  let calls = 0;
  const failing: Row['measure'] = () => {
    calls++;
    throw new Error('fell  over');
  };
  const lacking: Row['measure'] = () => {
    throw new NotOffered('no search');
  };
  const rows = [row('less', failing), row('more', failing, { after: 'less' }), row('search', lacking)];
  const [less, more, search] = await run(rows, [peer('one')], 3);
  assert.equal(calls, 1);
  assert.equal(less?.peers.one?.failure, 'fell over');
  assert.equal(more?.peers.one?.notOffered, 'It failed with less.');
  assert.equal(search?.peers.one?.notOffered, 'no search');
});

test('runs a long row once, and each peer in its own rows', async () => {
  const one = measuring('a', () => 1);
  const rows = [
    row('a', one, { once: true }),
    row('b', one),
    row('editor', one, { inEditor: true }),
    row('ours', one, { ours: true }),
  ];
  const peers = [
    peer('plain', { rows: ['a'] }),
    peer('inside', { ours: true, inEditor: true, rows: ['b'] }),
    peer('mine', { ours: true, rows: [] }),
  ];
  const [a, b, editor, ours] = await run(rows, peers, 2);
  assert.deepEqual(a?.peers.plain?.figures, { a: [1] });
  assert.deepEqual(Object.keys(b?.peers ?? {}), ['inside']);
  assert.deepEqual(Object.keys(editor?.peers ?? {}), ['inside']);
  assert.deepEqual(Object.keys(ours?.peers ?? {}), ['mine']);
});
