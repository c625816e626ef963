import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMarkdown } from './report.ts';
import { oursFailed, type Results, type RowResult } from './results.ts';

const none: RowResult = { figures: {}, ratios: {}, problems: [] };

function resultsWith(peers: Record<string, RowResult>): Results {
  return {
    date: '2026-01-01T00:00:00.000Z',
    machine: { cpu: 'a CPU', cores: 2, memoryGb: 8, system: 'linux', node: 'v24' },
    rounds: 3,
    scale: 'full',
    notes: [],
    loads: [1, 8, 2],
    peers: ['ours', 'other'].map((name) => {
      return { name, ours: name === 'ours', means: 'by hand', version: '1.0' };
    }),
    rows: [
      {
        id: 'start',
        metrics: [{ id: 'start', title: 'start | id', unit: 'ms', goal: '≤ ×2' }],
        limits: { start: [1, 2, 3] },
        peers,
      },
    ],
  };
}

/** The cells of the line of the one metric. */
function cellsOf(results: Results): string[] {
  const row = toMarkdown(results)
    .split('\n')
    .find((each) => each.startsWith('| start'));
  return (row ?? '')
    .replaceAll('\\|', '/')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('shows the median, the spread and the ratio in three digits', () => {
  assert.match(toMarkdown(resultsWith({})), /, load 2\.00 \(1\.00–8\.00\)$/m);
  const ours = { ...none, figures: { start: [2, 4.128, 300] }, ratios: { start: [2, 2.064, 100] } };
  assert.deepEqual(cellsOf(resultsWith({ ours, other: none })), [
    'start / id [ms]',
    '≤ ×2',
    '2.00 (1.00–3.00)',
    '4.13 (2.00–300), ×2.06',
    '–',
  ]);
});

test('tells missing features, failures and absent peers apart, and gives the reasons below the table', () => {
  const lacking = { ...none, notOffered: 'It has no such thing.' };
  const failed = { ...none, figures: { start: [1] }, failure: 'It fell over.' };
  assert.deepEqual(cellsOf(resultsWith({ ours: failed, other: lacking })).slice(3), [
    '1.00 failed [1]',
    '– [2]',
  ]);
  assert.match(
    toMarkdown(resultsWith({ ours: failed, other: lacking })),
    /\[1\] It fell over\.\n\[2\] It has no/,
  );
  assert.equal(cellsOf(resultsWith({ ours: none })).at(-1), '');
});

test('fails only if this project failed', () => {
  const failure = { ...none, failure: 'It fell over.' };
  assert.equal(oursFailed(resultsWith({ ours: failure, other: none })), true);
  assert.equal(oursFailed(resultsWith({ ours: { ...none, problems: ['lost a line'] } })), true);
  const cells = { ours: { failure: 'It fell over.' } };
  const bill = { toolLists: {}, tasks: [{ title: 'a task', cells }] };
  assert.equal(oursFailed({ ...resultsWith({ ours: none }), bill }), true);
  assert.equal(oursFailed(resultsWith({ ours: { ...none, notOffered: 'no' }, other: failure })), false);
});
