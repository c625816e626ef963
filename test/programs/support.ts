import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Facts, type McpSession, openSession, type Reply } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

/** How long a call waits for a program, in seconds: as long as it may. */
const PATIENCE_S = 50;

/** A program on a terminal, used through the tools as a model would. */
export interface Program {
  readonly id: string;
  readonly session: McpSession;
  /** An empty folder, in which it runs. */
  readonly folder: string;
  /** Types text and Enter, or presses keys, and returns what the program printed. */
  readonly type: (input: string) => Promise<Reply>;
  readonly press: (...keys: string[]) => Promise<Reply>;
  /** Waits until it waits for input. @returns the value of `input` */
  readonly asks: () => Promise<string | undefined>;
  /** Waits until the screen matches and the reply has some facts, and returns the reply. */
  readonly screen: (pattern: RegExp, wanted?: Facts) => Promise<Reply>;
  /** Waits until so many lines match. */
  readonly prints: (pattern: RegExp, count: number) => Promise<void>;
  /** Waits for its end. */
  readonly exit: () => Promise<Reply>;
  /** Returns all of its text. */
  readonly text: () => Promise<string>;
}

/** Starts a program on a terminal, in an empty folder that is also its home. */
export async function startProgram(
  t: TestContext,
  command: string,
  { env = {}, size = '100x30' }: { env?: Readonly<Record<string, string>>; size?: string } = {},
): Promise<Program> {
  const folder = scratchFolder(t);
  const session = await openSession(t, { args: ['--shell', '/bin/bash'] });
  const {
    facts,
    isError,
    text: started,
  } = await session.call('execute', {
    ...{ command, cwd: folder, tty: true, size },
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder, ...env },
  });
  assert.equal(isError, false, started);
  const id = facts.id as string;
  const text = async () => (await session.call('output', { job_id: id, max_bytes: 100_000 })).log;
  const screen = async (pattern: RegExp, wanted: Facts = {}): Promise<Reply> => {
    for (;;) {
      const reply = await session.call('tail', { job_id: id, view: 'screen' });
      const hasFacts = Object.entries(wanted).every(([key, value]) => reply.facts[key] === value);
      if (pattern.test(reply.log) && hasFacts) return reply;
      assert.equal(reply.facts.status, 'running', reply.text);
      const cursor = Number(reply.facts.next_cursor);
      const next = await session.call('wait', { job_id: id, cursor, until: 'output', timeout_s: PATIENCE_S });
      assert.notEqual(next.facts.reason, 'timeout', reply.text);
    }
  };
  return {
    id,
    session,
    folder,
    screen,
    type: (input) => session.call('interact', { job_id: id, input }),
    press: async (...keys) => {
      const reply = await session.call('interact', { job_id: id, keys });
      assert.equal(reply.isError, false, reply.text);
      return reply;
    },
    asks: async () => {
      const reply = await session.call('wait', { job_id: id, until: 'input', timeout_s: PATIENCE_S });
      assert.equal(reply.facts.reason, 'input', reply.text);
      return reply.facts.input;
    },
    exit: () => session.call('wait', { job_id: id, timeout_s: PATIENCE_S }),
    text,
    prints: (pattern, count) =>
      eventually(`${count} lines match ${pattern}`, async () => {
        return (await text()).split('\n').filter((line) => pattern.test(line)).length === count;
      }),
  };
}
