import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8').replaceAll('\n', ' ');

/** What the document cites: a file, and a part of the name of each of its tests. */
const CITATIONS = [...text.matchAll(/`([\w/-]+\.test\.ts)`: (_[^_|]+_(?:, _[^_|]+_)*)/g)].map(
  ([, file = '', names = '']) => ({
    file: file.startsWith('src/') ? file : `test/${file}`,
    names: [...names.matchAll(/_([^_]+)_/g)].map(([, name = '']) => name),
  }),
);

test('docs/reliability.md names tests that are there', () => {
  assert.ok(CITATIONS.length > 40);
  for (const { file, names } of CITATIONS) {
    assert.ok(existsSync(join(root, file)), file);
    const titles = [...readFileSync(join(root, file), 'utf8').matchAll(/\btest\(\s*(['`])(.*?)\1,/gs)];
    for (const name of names) {
      assert.ok(
        titles.some(([, , title = '']) => title.includes(name)),
        `${file}: ${name}`,
      );
    }
  }
});

test('docs/reliability.md names every test of a fault', () => {
  const cited = new Set(CITATIONS.map(({ file }) => file));
  for (const name of readdirSync(join(root, 'test', 'faults'))) {
    assert.ok(cited.has(`test/faults/${name}`), name);
  }
});
