import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestEndpoint } from '../support/endpoint.ts';
import { startReady } from '../support/jobs.ts';
import { DIST, storageFolder } from '../support/mcp-session.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { installConformanceSuite, installInspector, installStatelessSuite } from './install.ts';
import { openProxy } from './proxy.ts';
import { ALIASES, NOT_FOR_US, PASSED } from './scenarios.ts';
import { UNTESTABLE } from './stateless-scenarios.ts';

/** Runs a script. @returns its output, without colors */
async function run(script: string, ...args: readonly string[]): Promise<{ code: unknown; output: string }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  // eslint-disable-next-line no-control-regex -- escape sequences of colors
  return { code, output: output.replace(/\x1b\[[\d;]*m/g, '') };
}

function namesOf(results: readonly (readonly string[])[]): string[] {
  return results.map(([, name = '']) => name).sort();
}

// Promise: endpoint-secret
test('the endpoint passes the conformance suite, except for scenarios that need tools of the suite', async (t) => {
  const suite = await installConformanceSuite(t.signal);
  const { endpoint, manager } = await openTestEndpoint(t);
  await startReady(manager, 'echo ready 123; exec sleep 100', { name: '123' });
  const proxy = await openProxy(endpoint, ALIASES);
  atEnd(t, () => proxy.close());
  // This makes the suite report if one of them passes.
  const expected = join(scratchFolder(t), 'expected.yml');
  writeFileSync(
    expected,
    `server:\n${Object.keys(NOT_FOR_US)
      .map((name) => `  - ${name}\n`)
      .join('')}`,
  );
  const { code, output } = await run(
    suite,
    ...['server', '--url', proxy.url, '--suite', 'all', '--expected-failures', expected],
  );
  assert.equal(code, 0, output.slice(-6000));
  // One of the scenarios that are expected to fail has a warning and no check.
  const results = [...output.matchAll(/^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed$/gm)];
  const hasPassed = ([, , passed, failed]: readonly string[]): boolean => passed !== '0' && failed === '0';
  assert.deepEqual(namesOf(results.filter(hasPassed)), [...PASSED].sort());
  assert.deepEqual(namesOf(results.filter((each) => !hasPassed(each))), Object.keys(NOT_FOR_US).sort());
});

// Promise: endpoint-secret
test('the endpoint passes the requirements of MCP 2026-07-28, except for checks that need tools of the suite', async (t) => {
  const suite = await installStatelessSuite(t.signal);
  const { endpoint, manager } = await openTestEndpoint(t);
  await startReady(manager, 'echo ready 123; exec sleep 100', { name: '123' });
  const proxy = await openProxy(endpoint, ALIASES);
  atEnd(t, () => proxy.close());
  const folder = scratchFolder(t);
  const options = ['--url', proxy.url, '--requirements', '2026-07-28', '--output-dir', folder];
  const { output } = await run(suite, 'server', ...options);
  const { passed, failed } = readResults(folder);
  assert.deepEqual(
    failed,
    UNTESTABLE.map(({ scenario, checks }) => ({ scenario, checks })),
    output.slice(-3000),
  );
  assert.ok(passed > 90, `${passed} checks passed`);
});

/** Returns how many checks passed in the results of a run, and those that did not. */
function readResults(folder: string): { passed: number; failed: { scenario: string; checks: string[] }[] } {
  const results = readdirSync(folder)
    .sort()
    .map((name) => {
      const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\w-]+$/.exec(name)?.[1] ?? name;
      const text = readFileSync(join(folder, name, 'checks.json'), 'utf8');
      return { scenario, checks: JSON.parse(text) as { id: string; status: string }[] };
    })
    // An extension that the server does not have.
    .filter(({ scenario }) => !scenario.startsWith('tasks-'));
  const count = (checks: readonly { status: string }[]): number =>
    checks.filter(({ status }) => status === 'SUCCESS').length;
  const bad = ({ status }: { status: string }): boolean => status === 'FAILURE' || status === 'WARNING';
  return {
    passed: results.reduce((sum, { checks }) => sum + count(checks), 0),
    failed: results
      .map(({ scenario, checks }) => ({
        scenario,
        checks: [...new Set(checks.filter(bad).map(({ id }) => id))].sort(),
      }))
      .filter(({ checks }) => checks.length > 0),
  };
}

test("the MCP Inspector's command line lists and calls over stdio", async (t) => {
  const inspector = await installInspector(t.signal);
  const server = [process.execPath, join(DIST, 'stdio.js'), '--storage', storageFolder(t)];
  const inspect = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, output } = await run(inspector, '--cli', ...server, ...args);
    assert.equal(code, 0, output);
    return JSON.parse(output) as Record<string, unknown>;
  };
  const { tools } = await inspect('--method', 'tools/list');
  assert.equal((tools as unknown[]).length, 10);
  const call = ['--method', 'tools/call', '--tool-name', 'execute'];
  const args = ['--tool-arg', 'command=echo "a  b" | tr a-z A-Z', '--tool-arg', 'wait_s=20'];
  const { content } = await inspect(...call, ...args);
  assert.match(JSON.stringify(content), /status=completed.*\\nA {2}B\\n/);
  const { resources } = await inspect('--method', 'resources/list');
  assert.equal((resources as unknown[]).length, 3);
});
