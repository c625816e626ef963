import assert from 'node:assert/strict';
import { after } from 'node:test';
import { COOKIE } from '../../src/processes/job-cookie.ts';
import type { ProcessInfo } from '../../src/processes/process-table.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { type McpSession, openSession, type Reply, type Scope } from '../support/mcp-session.ts';

/** A variable that is set if these tests run under Wine. */
export const UNDER_WINE = 'BACKGROUND_JOBS_TEST_WINE';

/** The exit code of cmd for a program that it cannot start. */
const NOT_STARTED = '9009';

/** The reason to skip these tests. They run on Windows, and on Linux under Wine (test/wine). */
export const skip = process.platform === 'win32' ? false : 'needs Windows';

/** The scope of a test file: closes what its tests share. */
export const FILE: Scope = { after: (action) => after(action as () => unknown) };

/** Seconds for events that must happen. */
const SOON = 45;
/** How long processes may take to end. Under Wine, on a busy machine, each look at the processes takes seconds. */
const END_PATIENCE_MS = 150_000;

/** Opens a session whose jobs run in cmd, which every Windows and Wine has. */
export function openCmdSession(
  scope: Scope,
  options: Parameters<typeof openSession>[1] = {},
): Promise<McpSession> {
  const args = ['--shell', 'cmd.exe', '--max-concurrent-jobs', '100', ...(options.args ?? [])];
  return openSession(scope, { ...options, args });
}

/** The command line that runs a program of `programs/` in Node. */
export function node(program: string, ...args: readonly string[]): string {
  const path = new URL(`./programs/${program}`, import.meta.url).pathname.slice(1).replaceAll('/', '\\');
  return [process.execPath, path, ...args].map((each) => (/[\s&]/.test(each) ? `"${each}"` : each)).join(' ');
}

/** Runs a command to its end. */
export async function runToEnd(session: McpSession, command: string, args: object = {}): Promise<Reply> {
  const reply = await session.call('execute', { command, wait_s: SOON, ...args });
  assert.notEqual(reply.facts.status, 'running', reply.text);
  return reply;
}

/** Starts a job and waits until a line matches each of the patterns. @returns the reply of the start */
export async function startUntil(
  session: McpSession,
  command: string,
  patterns: string | readonly string[],
  args: object = {},
): Promise<Reply> {
  for (let canRepeat = process.env[UNDER_WINE] !== undefined; ; canRepeat = false) {
    const reply = await session.call('execute', { command, ...args });
    const missed = await missedOne(session, reply.facts.id!, [patterns].flat());
    if (missed === undefined) return reply;
    // Of some thousand programs, the cmd of Wine 8 cannot start one, under load and for a reason that was not found.
    assert.ok(canRepeat && missed.facts.exit_code === NOT_STARTED, missed.text);
  }
}

/** Waits until a line matches each of the patterns. @returns the reply of the wait for the first that none matches */
async function missedOne(
  session: McpSession,
  id: string,
  patterns: readonly string[],
): Promise<Reply | undefined> {
  for (const pattern of patterns) {
    const condition = { until: 'pattern', pattern, timeout_s: SOON, cursor: 0 };
    const reply = await session.call('wait', { job_id: id, ...condition });
    if (reply.facts.reason !== 'pattern') return reply;
  }
  return undefined;
}

/** Returns the processes of a job, by the cookie in their environment. They need not be members of its Job Object. */
export async function processesOf(id: string): Promise<ProcessInfo[]> {
  const table = systemProcessTable();
  const all = await table.list();
  const tags = await table.readTags(all);
  return all.filter(({ pid }) => tags.get(pid)?.cookie === id);
}

/** Polls until no process of a job is left. For ends that nothing reports. */
export async function untilNoProcesses(id: string): Promise<void> {
  const deadline = performance.now() + END_PATIENCE_MS;
  for (;;) {
    const left = await processesOf(id);
    if (left.length === 0) return;
    const pids = left.map(({ pid }) => pid).join(', ');
    assert.ok(performance.now() < deadline, `The processes ${pids} of the job ${id} live on (${COOKIE}).`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
