import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { describeProblems, scanParts, scanText } from '../../test/support/problem-scan.ts';
import { scratchFolder } from '../../test/support/scratch.ts';

const WATCH = [
  '\x1bc[12:00:00 PM] Starting compilation in watch mode...\n\n',
  'a.ts(1,7): error TS2322: no\n\n[12:00:01 PM] Found 1 error. Watching for file changes.\n',
  '\x1bc12:00:02 PM - File change detected. Starting incremental compilation...\n',
  '\n12:00:03 PM - Found 0 errors. Watching for file changes.\n',
];

test('reports the rounds of a watcher with exact cursors, whatever the parts in which the output comes', (t) => {
  const text = WATCH.join('');
  const expected = scanText(t, text, ['$tsc-watch']);
  const ends = [...text.matchAll(/Watching for file changes\.\n/g)].map(
    ({ index, 0: match }) => index + match.length,
  );
  assert.deepEqual(
    expected.map(({ type }) => type),
    ['problem', 'ends', 'begins', 'ends'],
  );
  assert.deepEqual(
    expected.flatMap((event) => (event.type === 'ends' ? [event.cursor] : [])),
    ends,
  );
  assert.equal(expected[0]?.type === 'problem' && expected[0].problem.cursor, text.indexOf('a.ts'));
  for (const size of [1, 2, 7, 64]) {
    const parts = text.match(new RegExp(`.{1,${size}}`, 'gs'))!;
    assert.deepEqual([...scanParts(t, parts, ['$tsc-watch'])], expected, `parts of ${size}`);
  }
});

test('matches what is shown: no escape codes, and the last state of a line', (t) => {
  const text = '\x1b[31ma.ts\x1b[0m(1,7): building\ra.ts(1,7): \x1b[1merror TS1: \x1b[0mno\x1b[K\n';
  assert.deepEqual(describeProblems(scanText(t, text, ['$tsc'])), ['/project/a.ts:1:7 error 1 no']);
});

test('matches the last line without a line feed when the job has ended', (t) => {
  assert.deepEqual(describeProblems(scanText(t, 'a.ts(1,7): error TS1: no', ['$tsc'])), [
    '/project/a.ts:1:7 error 1 no',
  ]);
});

test('returns a limited number of problems, and counts the others', (t) => {
  const lines = Array.from({ length: 100_000 }, (_, at) => `a.ts(${at + 1},1): error TS1: no\n`);
  const events = scanText(t, lines.join(''), ['$tsc']);
  assert.equal(describeProblems(events).length >= 1000, true);
  const counted = events.reduce(
    (sum, event) => sum + (event.type === 'more' ? event.count : event.type === 'problem' ? 1 : 0),
    0,
  );
  assert.equal(counted, 100_000);
});

test('does not stop at a line without an end', (t) => {
  const text = `${'x'.repeat(9_000_000)}\na.ts(1,7): error TS1: no\n`;
  assert.deepEqual(describeProblems(scanText(t, text, ['$tsc'])), ['/project/a.ts:1:7 error 1 no']);
});

test('finds files by the location that the matcher names', (t) => {
  const folder = scratchFolder(t);
  for (const path of ['a.ts', 'sub/a.ts', 'sub/deep/b.ts']) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
  const find = (name: string, fileLocation: unknown, cwd = folder): string | undefined => {
    const matcher = { pattern: { regexp: '^(.*) (\\d+)$', file: 1, line: 2 }, fileLocation };
    const [event] = scanText(t, `${name} 1\n`, [matcher], cwd);
    return event?.type === 'problem' ? event.problem.file : undefined;
  };
  assert.equal(find('a.ts', ['relative', join(folder, 'sub')]), join(folder, 'sub/a.ts'));
  assert.equal(find('a.ts', 'relative'), join(folder, 'a.ts'));
  // The folder of the job, if the file is only there.
  assert.equal(find('deep/b.ts', ['relative', folder], join(folder, 'sub')), join(folder, 'sub/deep/b.ts'));
  assert.equal(find(join(folder, 'a.ts'), 'autoDetect', '/'), join(folder, 'a.ts'));
  assert.equal(find('/x/a.ts', 'absolute'), '/x/a.ts');
  assert.equal(find('b.ts', ['search', { include: [folder] }]), join(folder, 'sub/deep/b.ts'));
  assert.equal(
    find('b.ts', ['search', { include: [folder], exclude: [join(folder, 'sub')] }]),
    join(folder, 'b.ts'),
  );
});
