import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkCitations, citationsIn } from './support/citations.ts';

const CITATIONS = citationsIn('docs/reliability.md');

test('docs/reliability.md names tests that are there', () => {
  assert.ok(CITATIONS.length > 40);
  checkCitations(CITATIONS);
});

test('docs/reliability.md names every test of a fault', () => {
  const cited = new Set(CITATIONS.map(({ file }) => file));
  for (const name of readdirSync(join(import.meta.dirname, 'faults'))) {
    assert.ok(cited.has(`test/faults/${name}`), name);
  }
});
