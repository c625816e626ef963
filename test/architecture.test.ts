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
    ['base', "import '../processes/process-table.ts';"],
    ['log/store', "import '../read/log-reader.ts';"],
    ['log/render', "import '../read/log-reader.ts';"],
    ['log/read', "import '../search/log-search.ts';"],
    ['log/read', "import '../../runner/job.ts';"],
    ['protocol', "import '../jobs/manager.ts';"],
    ['protocol', "import '../runner/job.ts';"],
    ['runner', "import '../jobs/manager.ts';"],
    ['runner', "import '../log/read/log-reader.ts';"],
    ['runner', "import '../log/search/log-search.ts';"],
    ['runner', "import '../mcp/server/mcp-server.ts';"],
    ['processes', "import '../jobs/manager.ts';"],
    ['policy', "import '../jobs/manager.ts';"],
    ['jobs', "import '../runner/job.ts';"],
    ['jobs/runners', "import '../../runner/job.ts';"],
    ['jobs', "import '../mcp/server/mcp-server.ts';"],
    ['jobs', "import '../ui/tree/job-tree.ts';"],
    ['mcp', "import '../ui/tree/job-tree.ts';"],
    ['mcp/tools', "import '../../runner/job.ts';"],
    ['mcp', "import '../cli/options.ts';"],
    ['ui', "import '../mcp/server/mcp-server.ts';"],
    ['ui', "import '../runner/job.ts';"],
    ['base', "import 'vscode';"],
    ['runner', "import 'vscode';"],
    ['jobs', "import 'vscode';"],
    ['mcp', "import 'vscode';"],
    ['cli', "import 'vscode';"],
    ['jobs', "import '@modelcontextprotocol/sdk/types.js';"],
    ['runner', "import '@modelcontextprotocol/sdk/types.js';"],
    ['jobs', "import 'zod';"],
    ['jobs', "import 'unbash';"],
    ['jobs', "import '../policy/policy-verdict.ts';"],
    ['ui/start', "import '../../policy/command-patterns.ts';"],
  ];
  for (const [folder, line] of forbidden) assert.ok(await isRefused(folder, line), `${folder}: ${line}`);
});

test('the linter lets an import in the direction of the folders', async () => {
  const allowed: [string, string][] = [
    ['log/read', "import '../store/log-segments.ts';"],
    ['runner', "import '../log/store/log-writer.ts';"],
    ['jobs', "import '../protocol/job-record.ts';"],
    ['mcp/tools', "import '../../jobs/manager.ts';"],
    ['cli', "import '../jobs/manager.ts';"],
    ['cli', "import '../policy/command-policy.ts';"],
    ['ui', "import '../jobs/manager.ts';"],
    ['ui', "import 'vscode';"],
    ['mcp', "import '@modelcontextprotocol/sdk/types.js';"],
  ];
  for (const [folder, line] of allowed) assert.ok(!(await isRefused(folder, line)), `${folder}: ${line}`);
});
