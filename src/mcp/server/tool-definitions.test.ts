import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFINITIONS } from './tool-definitions.ts';

test('all definitions together stay small, since they are part of every request to a model', () => {
  const size = Buffer.byteLength(JSON.stringify({ tools: DEFINITIONS }));
  assert.ok(size < 11_000, `${size} bytes`);
});

test('every description says what the tool is for and names an alternative', () => {
  for (const { name, title, description = '' } of DEFINITIONS) {
    assert.ok(title, name);
    assert.match(description, /^[A-Z][a-z]+ /, name);
    const others = DEFINITIONS.filter((other) => other.name !== name && description.includes(other.name));
    assert.ok(name === 'execute' || others.length > 0, `${name} names no sibling`);
  }
});

test('a tool with a limit of bytes lets Claude Code show all of a large result', () => {
  const large = DEFINITIONS.filter(({ _meta }) => _meta?.['anthropic/maxResultSizeChars'] === 262_144);
  assert.deepEqual(
    large.map(({ name }) => name),
    ['output'],
  );
});
