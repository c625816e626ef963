import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';

const root = join(import.meta.dirname, '..');
const RULE = 'no-restricted-imports';

/** Lints a line as if it stood in a file of that folder. Only the rule on imports: it needs no types. */
async function isRefused(folder: string, line: string): Promise<boolean> {
  const filePath = join(root, 'src', folder, 'some-new-file.ts');
  const config = (await new ESLint({ cwd: root }).calculateConfigForFile(filePath)) as {
    rules: Record<string, unknown>;
  };
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: { files: ['**/*.ts'], rules: { [RULE]: config.rules[RULE] as never } },
  });
  const [result] = await eslint.lintText(line, { filePath });
  return result!.messages.some(({ ruleId }) => ruleId === RULE);
}

test('the linter refuses an import against the direction of the folders', async () => {
  const forbidden: [string, string][] = [
    ['output', "import '../runner/job.ts';"],
    ['output', "import '../jobs/manager.ts';"],
    ['runner', "import '../jobs/manager.ts';"],
    ['runner', "import '../mcp/server.ts';"],
    ['runner/processes', "import '../../jobs/manager.ts';"],
    ['jobs', "import '../mcp/server.ts';"],
    ['jobs', "import '../ui/tree.ts';"],
    ['mcp', "import '../ui/tree.ts';"],
    ['ui', "import '../mcp/server.ts';"],
    ['output', "import 'vscode';"],
    ['runner', "import 'vscode';"],
    ['jobs', "import 'vscode';"],
    ['mcp', "import 'vscode';"],
    ['jobs', "import '@modelcontextprotocol/sdk/types.js';"],
    ['runner', "import '@modelcontextprotocol/sdk/types.js';"],
    ['jobs', "import 'zod';"],
  ];
  for (const [folder, line] of forbidden) assert.ok(await isRefused(folder, line), `${folder}: ${line}`);
});

test('the linter lets an import in the direction of the folders', async () => {
  const allowed: [string, string][] = [
    ['runner', "import '../output/layout.ts';"],
    ['jobs', "import '../runner/records.ts';"],
    ['mcp', "import '../jobs/manager.ts';"],
    ['ui', "import '../jobs/manager.ts';"],
    ['ui', "import 'vscode';"],
    ['mcp', "import '@modelcontextprotocol/sdk/types.js';"],
  ];
  for (const [folder, line] of allowed) assert.ok(!(await isRefused(folder, line)), `${folder}: ${line}`);
});
