import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MCP_BACKGROUND_JOB } from '../../src/mcp/compat/mcp-background-job.ts';
import { MCP_BGTASK } from '../../src/mcp/compat/mcp-bgtask.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'moving.md'), 'utf8');

/** The rows of all tables, without their heads. */
const ROWS = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (there|-+) /.test(line))
  .map((line) => line.slice(1, -1).split(/ \| /));

test('each row of docs/moving.md names tests that are there', () => {
  assert.ok(ROWS.length > 25);
  for (const [what = '', , cited = ''] of ROWS) {
    const [, file = ''] = /^\s*`([^`]+)`: _/.exec(cited) ?? [];
    const path = join(import.meta.dirname, file);
    assert.ok(file !== '' && existsSync(path), what);
    const titles = [...readFileSync(path, 'utf8').matchAll(/\btest\(\s*(['`])(.*?)\1,/gs)];
    const names = [...cited.matchAll(/(?:: |, )_(.+?)_(?=,|\s*$)/g)].map(([, name = '']) => name);
    assert.ok(names.length > 0, what);
    for (const name of names)
      assert.ok(
        titles.some(([, , title = '']) => title.includes(name)),
        name,
      );
  }
});

test('docs/moving.md has a row for every tool of both', () => {
  for (const { name } of [...MCP_BACKGROUND_JOB, ...MCP_BGTASK]) {
    assert.ok(
      ROWS.some(([there = '']) => there.includes(`\`${name}\``)),
      name,
    );
  }
});
