import assert from 'node:assert/strict';
import { after } from 'node:test';
import {
  type Facts,
  type McpSession,
  openSession,
  parseFacts,
  type Reply,
  type Scope,
} from '../../support/mcp-session.ts';

/** The scope of a test file: closes what its tests share. */
export const FILE: Scope = { after: (action) => after(action as () => unknown) };

/** Opens one session for all tests of a file. Each test uses only the jobs that it started. */
export function shareSession(args: readonly string[] = []): Promise<McpSession> {
  return openSession(FILE, { args: ['--max-concurrent-jobs', '100', ...args] });
}

/** Prepares the session of a test file. If that fails, closes the session, so that the file ends. */
export async function prepare<T>(session: McpSession, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** How long a call waits for an event that is expected soon, in seconds, also on a busy machine. */
export const SOON = 45;

/** Runs a command and waits for its end. */
export async function run(
  session: McpSession,
  command: string,
  options: Record<string, unknown> = {},
): Promise<Reply> {
  const reply = await session.call('execute', { command, wait_s: SOON, ...options });
  assert.equal(reply.facts.reason, 'exit', reply.text);
  return reply;
}

/** Starts a job that keeps running. @returns its id */
export async function start(
  session: McpSession,
  command: string,
  options: Record<string, unknown> = {},
): Promise<string> {
  const reply = await session.call('execute', { command, ...options });
  assert.equal(reply.isError, false, reply.text);
  return reply.facts.id as string;
}

/** Waits for the end of a job: a reply of `interact` may come when it has printed and not ended yet. @returns the facts */
export async function untilExit(session: McpSession, id: string | undefined): Promise<Facts> {
  const { facts, text } = await session.call('wait', { job_id: id, wait_s: SOON });
  assert.equal(facts.reason, 'exit', text);
  return facts;
}

/** Sends a line to a job, and waits for what it prints next, for which `interact` waits only 2 s. @returns that */
export async function answerOf(session: McpSession, job: string, input: string): Promise<string> {
  const { facts } = await session.call('interact', { job_id: job, input });
  const cursor = Number(facts.cursor);
  const { log } = await session.call('wait', { job_id: job, cursor, until: 'output', wait_s: SOON });
  return log;
}

/** Starts a job and waits until it printed a line with "ready". @returns the reply */
export async function startReady(
  session: McpSession,
  command: string,
  options: Record<string, unknown> = {},
): Promise<Reply & { readonly id: string; readonly pid: number }> {
  const reply = await session.call('execute', {
    command,
    until: 'pattern',
    regex: 'ready',
    wait_s: SOON,
    ...options,
  });
  assert.equal(reply.facts.reason, 'pattern', reply.text);
  return { ...reply, id: reply.facts.id as string, pid: Number(reply.facts.pid) };
}

/** Returns all facts that `status` shows about a job. */
export async function statusOf(session: McpSession, job: string): Promise<Facts> {
  const { text, isError } = await session.call('status', { job_id: job });
  assert.equal(isError, false, text);
  return Object.assign({}, ...text.split('\n').map(parseFacts).reverse()) as Facts;
}

/** Returns the facts in each line of `list`. */
export async function listOf(session: McpSession, args: Record<string, unknown> = {}): Promise<Facts[]> {
  const { log, text, isError } = await session.call('list', { limit: 1000, ...args });
  assert.equal(isError, false, text);
  return log === '' ? [] : log.split('\n').map(parseFacts);
}

/** Asserts that a call was refused with an error for the caller. */
export function assertRefused({ isError, text, blocks }: Reply, says: RegExp, of = ''): void {
  assert.equal(isError, true, `${of} was not refused: ${text}`);
  assert.match(text, /^Error: \S.*\.$/s, of);
  assert.match(text, says, of);
  assert.doesNotMatch(text, /Internal error/, of);
  assert.equal(blocks.length, 1);
}

/** Runs an action, and asserts that it changes no job. */
export async function withoutEffect(session: McpSession, action: () => Promise<void>): Promise<void> {
  const before = await jobs(session);
  await action();
  assert.deepEqual(await jobs(session), before);
}

async function jobs(session: McpSession): Promise<Facts[]> {
  return (await listOf(session)).map(({ ran: _ran, ...job }) => job);
}

/** The minimum of `max_bytes`. */
export const LEAST_REPLY = 1000;
