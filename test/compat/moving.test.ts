import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MCP_BACKGROUND_JOB } from '../../src/mcp/compat/mcp-background-job.ts';
import { MCP_BGTASK } from '../../src/mcp/compat/mcp-bgtask.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'moving.md'), 'utf8');

/** Returns the left column of all tables. */
const BEFORE = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|')[1] ?? '');

test('docs/moving.md has a row for every tool of both servers', () => {
  for (const { name } of [...MCP_BACKGROUND_JOB, ...MCP_BGTASK]) {
    assert.ok(
      BEFORE.some((cell) => cell.includes(`\`${name}\``)),
      name,
    );
  }
});
