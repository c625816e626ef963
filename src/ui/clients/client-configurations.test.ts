import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLIENT_FORMS, NPX_LAUNCH, OTHER_CLIENT } from './client-configurations.ts';

/** As in docs/clients.md. */
const LAUNCH = {
  command: 'node',
  args: ['/path/to/background-jobs.cjs', '--attach=/path/to/windows'],
  passed: [],
};

/** Without blanks, because the formatter changes the line breaks of examples. */
const bare = (text: string): string => text.replace(/\s+/g, '');
const docs = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'clients.md'), 'utf8');

test('docs/clients.md shows the copied configuration of each client, and where it goes', () => {
  for (const { name, place, text } of CLIENT_FORMS) {
    assert.ok(bare(docs).includes(bare(text(LAUNCH))), name);
    assert.ok(bare(docs).includes(bare(place)), place);
  }
});

test('docs/npx.md, which the npm package shows, has the configuration with npx', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'npx.md'), 'utf8');
  for (const { text } of [OTHER_CLIENT, CLIENT_FORMS[0]!])
    assert.ok(bare(page).includes(bare(text(NPX_LAUNCH))));
});

test('keeps a path with blanks, quotes and backslashes unchanged in every form', () => {
  const path = `C:\\my "own" jobs\\it's.cjs`;
  const launch = { command: 'node', args: [path], passed: [] };
  for (const { name, text } of [...CLIENT_FORMS, OTHER_CLIENT]) {
    const shown = text(launch);
    if (shown.startsWith('claude '))
      assert.ok(shown.endsWith(`-- node 'C:\\my "own" jobs\\it'\\''s.cjs'\n`), shown);
    else assert.ok(shown.includes(JSON.stringify(path)), name);
    if (shown.startsWith('{')) assert.match(JSON.stringify(JSON.parse(shown)), /"background-jobs":\{/);
  }
});

test('names the variable that Codex must pass on', () => {
  const codex = CLIENT_FORMS.find(({ name }) => name === 'Codex')!;
  assert.equal(
    codex.text({ command: 'node', args: ['x.cjs', '--attach'], passed: ['SOME_VARIABLE'] }),
    '[mcp_servers.background-jobs]\ncommand = "node"\nargs = ["x.cjs", "--attach"]\nenv_vars = ["SOME_VARIABLE"]\n',
  );
});

test('only the form that is a command says that it is run, and the others name a file', () => {
  const commands = CLIENT_FORMS.filter(({ isCommand }) => isCommand === true).map(({ name }) => name);
  assert.deepEqual(commands, ['Claude Code (command)']);
  for (const { place, isCommand } of CLIENT_FORMS)
    assert.equal(isCommand === true, !/\.(?:json|toml)\b/.test(place), place);
});
