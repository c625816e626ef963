import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisesIn, provenPromises } from './support/promises.ts';
import { WINE_TESTS } from './wine/wine-tests.ts';

const DOCUMENTS = ['docs/reliability.md', 'docs/moving.md', 'SECURITY.md'];
const promises = DOCUMENTS.flatMap(promisesIn);
const proven = provenPromises();

test('every promise of the documents has a test', () => {
  assert.ok(promises.length > 100);
  assert.equal(new Set(promises).size, promises.length);
  assert.deepEqual(
    promises.filter((id) => !proven.has(id)),
    [],
  );
});

test('every test that names a promise proves one of the documents', () => {
  const unknown = [...proven.keys()].filter((id) => !promises.includes(id));
  assert.deepEqual(unknown, []);
});

test('the column about Windows says of each fault what runs under Wine', () => {
  const [text = ''] = readFileSync(join(import.meta.dirname, '..', 'docs', 'reliability.md'), 'utf8').split(
    '## Other',
  );
  const rows = [...text.matchAll(/<!-- promise: ([\w-]+) -->.*\|\s*([^|]+?)\s*\|$/gm)];
  assert.ok(rows.length > 80);
  for (const [, id = '', seen = ''] of rows) {
    const isRun = proven.get(id)?.some((file) => WINE_TESTS.includes(file)) === true;
    assert.match(seen, isRun ? /^(partly )?under Wine$|^–$/ : /^(not run|–)$/, id);
  }
});

test('every test of a fault proves a promise', () => {
  const files = new Set([...proven.values()].flat());
  for (const name of readdirSync(join(import.meta.dirname, 'faults'))) {
    assert.ok(files.has(join('test', 'faults', name)), name);
  }
});
