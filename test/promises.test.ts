import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisesIn, provenPromises } from './support/promises.ts';

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

test('every test of a fault proves a promise', () => {
  const files = new Set([...proven.values()].flat());
  for (const name of readdirSync(join(import.meta.dirname, 'faults'))) {
    assert.ok(files.has(join('test', 'faults', name)), name);
  }
});
