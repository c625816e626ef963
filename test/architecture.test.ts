import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import config from '../dependency-cruiser.config.ts';
import { scratchFolder } from './support/scratch.ts';

type Case = readonly [folder: string, line: string];

/**
 * Writes files that consist of one import each, with the modules that they import, and checks them by the rules of
 * this repository.
 *
 * @returns for each file, the names of the rules that it breaks
 */
async function check(context: TestContext, cases: readonly Case[]): Promise<string[][]> {
  const root = scratchFolder(context);
  const write = (path: string, text: string): string => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    if (!existsSync(join(root, path))) writeFileSync(join(root, path), text);
    return path;
  };
  const files = cases.map(([folder, line], at) => write(`src/${folder}/some-new-file-${at}.ts`, line));
  for (const [folder, line] of cases) {
    const imported = /'(\..+)'/.exec(line)?.[1];
    if (imported !== undefined) write(join('src', folder, imported), 'export {};');
  }
  const { cache: _cache, tsConfig: _tsConfig, ...options } = config.options ?? {};
  const { output } = await cruise(['src'], {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  });
  const { violations } = (output as ICruiseResult).summary;
  return files.map((file) => violations.filter(({ from }) => from === file).map(({ rule }) => rule.name));
}

test('the linter refuses an import against the direction of the folders', async (t) => {
  const forbidden: Case[] = [
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
  const broken = await check(t, forbidden);
  forbidden.forEach(([folder, line], at) => assert.equal(broken[at]!.length, 1, `${folder}: ${line}`));
});

test('the linter allows an import in the direction of the folders', async (t) => {
  const allowed: Case[] = [
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
  const broken = await check(t, allowed);
  allowed.forEach(([folder, line], at) => assert.deepEqual(broken[at], [], `${folder}: ${line}`));
});

test('the linter refuses modules that import each other, also if they import only types', async (t) => {
  const broken = await check(t, [
    ['base', "import type { B } from './some-new-file-1.ts'; export type A = B;"],
    ['base', "export type B = 1; export type C = import('./some-new-file-0.ts').A;"],
  ]);
  // A cycle is reported once.
  assert.deepEqual(broken.flat(), ['no-cycles']);
});
