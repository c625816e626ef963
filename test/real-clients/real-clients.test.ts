import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import { DEFINITIONS } from '../../src/mcp/server/tool-definitions.ts';
import { type ModelRequest, ours, type Script } from '../agent-host/script.ts';
import { openWindow } from '../attach/window.ts';
import { DIST, storageFolder } from '../support/mcp-session.ts';
import { isLong } from '../support/repeats.ts';
import { CLIENTS, type RealClient, type ServerCommand } from './clients.ts';
import { runClient } from './run-client.ts';

const NODE = JSON.stringify(process.execPath);
const SERVER = `${NODE} -e 'require("http").createServer().listen(0, "127.0.0.1", () => console.log("up"))'`;
const PROMPT = 'printf "Name? "; read name; echo "Hello $name"; exec sleep 1000';

/** Starts a server until it is ready, reads, answers a prompt, and stops the server. */
const WHOLE_FLOW: Script = [
  { tool: 'execute', input: { command: SERVER, name: 'dev', until: 'port', wait_s: 40 } },
  { tool: 'tail', input: { job_id: 'dev', lines: 5 } },
  { tool: 'execute', input: { command: PROMPT, name: 'ask', regex: 'Name\\? $', wait_s: 40 } },
  { tool: 'interact', input: { job_id: 'ask', input: 'Ada' } },
  { tool: 'kill', input: { job_ids: ['ask'] } },
  { tool: 'kill', input: { job_ids: ['dev'] } },
  { text: 'Done.' },
];

/** The remaining tools. */
const OTHER_TOOLS: Script = [
  { tool: 'execute', input: { command: 'seq 1 999; exit 3', name: 'test', env: ['A=b'], wait_s: 40 } },
  { tool: 'execute', input: { command: 'exec sleep 1000', name: 'idle' } },
  { tool: 'wait', input: { job_ids: ['test', 'idle'], mode: 'all', wait_s: 0.1 } },
  { tool: 'output', input: { job_id: 'test', cursor: 8 } },
  { tool: 'search', input: { job_id: 'test', regex: '^77.$', context: 0, max_matches: 1 } },
  { tool: 'status', input: { job_id: 'idle' } },
  { tool: 'restart', input: { job_id: 'test' } },
  { tool: 'list', input: {} },
  { tool: 'kill', input: { all: true } },
  { text: 'Done.' },
];

/** The headers of the results of our tools. */
function headersOf(requests: readonly ModelRequest[]): string[] {
  const results = requests.at(-1)?.results ?? [];
  return results.flatMap((result) => /^(?:id=|jobs=|running=).*$/m.exec(result)?.[0] ?? []);
}

function checkWholeFlow(requests: readonly ModelRequest[]): void {
  const { tools = [], results = [] } = requests.at(-1) ?? {};
  assert.deepEqual(ours(tools).sort(), DEFINITIONS.map(({ name }) => name).sort());
  const [started, read, asks, answered, , killed, ...others] = headersOf(requests);
  assert.deepEqual(others, []);
  assert.match(started!, /name=dev status=running .*reason=port ports=\d+ /);
  assert.match(read!, /name=dev status=running lines=1 /);
  assert.match(asks!, /name=ask status=running .*reason=pattern match="Name\? "/);
  assert.match(answered!, /name=ask status=running /);
  assert.match(
    killed!,
    /name=dev status=killed signal=SIGTERM ended_by=agent processes_ended=\d survivors=0/,
  );
  assert.match(results.join('\n'), /^Hello Ada$/m);
}

function checkOtherTools(requests: readonly ModelRequest[]): void {
  const headers = headersOf(requests);
  const expected = [
    /name=test status=failed exit_code=3 .*reason=exit /,
    /name=idle status=running pid=/,
    /name=test .*reason=exit /,
    /name=test .*cursor=8 /,
    /name=test .*matches=1 .*more=true/,
    /name=idle status=running pid=.* ran=/,
    /name=test status=running pid=.* previous=/,
    /running=\d finished=\d/,
    /jobs=\d processes_ended=\d+ survivors=0/,
  ];
  assert.equal(headers.length, expected.length, headers.join('\n'));
  for (const [at, each] of expected.entries()) assert.match(headers[at]!, each);
}

function serverFor(...args: readonly string[]): ServerCommand {
  const { TMPDIR, BACKGROUND_JOBS_TEST_RUN } = process.env;
  const env = { ...(TMPDIR && { TMPDIR }), ...(BACKGROUND_JOBS_TEST_RUN && { BACKGROUND_JOBS_TEST_RUN }) };
  return { command: process.execPath, args: [join(DIST, 'stdio.js'), ...args], env };
}

/** Returns the folder of a client. Skips the test if there is none for this system, or npm cannot be reached. */
async function installed(t: TestContext, client: RealClient): Promise<string | undefined> {
  try {
    return await client.install(t.signal);
  } catch (error) {
    t.skip(`${client.name} cannot be installed: ${String(error).slice(0, 200)}`);
    return undefined;
  }
}

/** Runs a script in a client that has its own jobs. */
async function play(
  t: TestContext,
  client: RealClient,
  script: Script,
): Promise<readonly ModelRequest[] | undefined> {
  const folder = await installed(t, client);
  if (folder === undefined) return undefined;
  return runClient(t, client, { folder, server: serverFor('--storage', storageFolder(t)), script });
}

for (const client of CLIENTS) {
  test(`${client.name} starts a server, reads, answers a prompt and stops the server`, async (t) => {
    const requests = await play(t, client, WHOLE_FLOW);
    if (requests !== undefined) checkWholeFlow(requests);
  });

  test(`${client.name} uses the other tools`, { skip: !isLong && 'only in test:long' }, async (t) => {
    const requests = await play(t, client, OTHER_TOOLS);
    if (requests !== undefined) checkOtherTools(requests);
  });

  test(`${client.name} uses the jobs of a window`, { skip: !isLong && 'only in test:long' }, async (t) => {
    const folder = await installed(t, client);
    if (folder === undefined) return;
    const storage = storageFolder(t);
    const { manager } = await openWindow(t, storage);
    const server = serverFor(`--attach=${windowsFolder(storage)}`);
    checkWholeFlow(await runClient(t, client, { folder, server, script: WHOLE_FLOW }));
    const jobs = manager.jobs.list().map(({ name, status, startedBy }) => [name, status, startedBy.kind]);
    assert.deepEqual(jobs, [
      ['ask', 'killed', 'agent'],
      ['dev', 'killed', 'agent'],
    ]);
    for (const { startedBy } of manager.jobs.list()) assert.match(startedBy.client ?? '', client.clientName);
  });
}
