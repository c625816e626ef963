// The skill that tells agents when to use background jobs (https://agentskills.io/specification).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { listFiles, PackageManager } from '@vscode/vsce';
import { DEFINITIONS } from '../src/mcp/server/tool-definitions.ts';

const root = join(import.meta.dirname, '..');
const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  contributes: { chatSkills: readonly { path: string }[] };
};
const [{ path }] = contributes.chatSkills as [{ path: string }];
const [, head = '', body = ''] = readFileSync(join(root, path), 'utf8').split(/^---$/m);

test('the skill has the name of its folder and a description, within the limits of the format', () => {
  const fields = new Map(
    [...head.matchAll(/^(\w+): (.+)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
  assert.deepEqual([...fields.keys()], ['name', 'description']);
  assert.equal(fields.get('name'), basename(dirname(path)));
  assert.match(fields.get('name')!, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  assert.ok(fields.get('description')!.length <= 1024);
});

test('the skill names tools, parameters and values that exist', () => {
  const text = JSON.stringify(DEFINITIONS);
  const tools = DEFINITIONS.map(({ name }) => name);
  const properties = DEFINITIONS.flatMap(({ inputSchema }) => Object.keys(inputSchema.properties ?? {}));
  // The server, a field of replies, and what a shell has in place of jobs.
  const others = ['background-jobs', 'next_cursor', '&', 'nohup'];
  for (const [, code = ''] of body.matchAll(/`([^`]+)`/g)) {
    if (code.includes('--watch')) continue;
    const [name = '', value] = code.split(': ');
    assert.ok([...tools, ...properties, ...others].includes(name), name);
    for (const [word] of (value ?? '').matchAll(/[\w$-]+/g)) assert.ok(text.includes(word), word);
  }
});

test('the packages contain the skill', async () => {
  const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
  assert.ok(files.includes(path.replace('./', '')));
});
