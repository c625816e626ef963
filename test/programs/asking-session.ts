import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openManager } from '../support/manager.ts';
import { type Facts, parseFacts, storageFolder } from '../support/mcp-session.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { RawClient } from '../support/raw-client.ts';
import { atEnd } from '../support/scratch.ts';

/** How long a call waits for a program, in seconds: as long as it may. */
const PATIENCE_S = 50;

/** A client of a window whose user types the same secret into each hidden prompt. */
export interface AskingSession {
  /** Calls a tool. @returns the facts of the reply, and all of its text */
  readonly call: (tool: string, args: Record<string, unknown>) => Promise<{ facts: Facts; text: string }>;
  /** Starts a program on a terminal, and waits until it asks. */
  readonly start: (
    command: string,
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ facts: Facts; text: string }>;
  /** Waits until the program asks again, or exits. */
  readonly next: (id: string) => Promise<{ facts: Facts; text: string }>;
  /** Has the user type the secret, and waits until the program asks again, or exits. */
  readonly askUser: (id: string) => Promise<{ facts: Facts; text: string }>;
  /** Asserts that the secret is in no reply and in no file. */
  readonly assertUnseen: () => void;
}

export async function openAskingSession(t: TestContext, secret: string): Promise<AskingSession> {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage, ask: async () => secret });
  const endpoint = await openOwnEndpoint(manager, '1.2.3');
  atEnd(t, () => endpoint.close());
  const client = new RawClient(endpoint);
  await client.initialize();
  const replies: string[] = [];
  const call = async (tool: string, args: Record<string, unknown>) => {
    const { text: body, messages } = await client.send({ body: client.toolCall(tool, args) });
    replies.push(body);
    const content = messages.at(-1)?.result?.content as { text: string }[];
    const text = content.map((block) => block.text).join('\n');
    assert.doesNotMatch(text, /^Error/);
    return { facts: parseFacts(text.split('\n')[0] ?? ''), text };
  };
  const next = (id: string) => call('wait', { job_id: id, until: 'input', timeout_s: PATIENCE_S });
  return {
    call,
    next,
    start: (command, env = {}) =>
      call('execute', { command, env, tty: true, until: 'input', wait_s: PATIENCE_S }),
    askUser: async (id) => {
      await call('interact', { job_id: id, ask_user: 'The password, please' });
      return next(id);
    },
    assertUnseen: () => {
      for (const reply of replies) assert.ok(!reply.includes(secret), reply);
      const files = readdirSync(storage, { recursive: true, encoding: 'utf8' });
      for (const file of files.map((name) => join(storage, name))) {
        if (statSync(file).isFile()) assert.ok(!readFileSync(file, 'latin1').includes(secret), file);
      }
    },
  };
}
