import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFINITIONS, toolDefinitions } from './tool-definitions.ts';

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

test('Claude Code shows all of a large result of a tool with a limit of bytes, and other clients get nothing for it', () => {
  const large = (client: string): string[] =>
    toolDefinitions({ compat: undefined, cards: undefined, client })
      .filter(({ _meta }) => _meta?.['anthropic/maxResultSizeChars'] === 262_144)
      .map(({ name }) => name);
  assert.deepEqual(large('claude-code'), ['output']);
  assert.deepEqual(large('codex-mcp-client'), []);
});
