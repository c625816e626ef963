import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DIST, type Scope, storageFolder } from './mcp-session.ts';
import { LATEST_VERSION, type RawMessage } from './raw-client.ts';
import { atEnd } from './scratch.ts';

/** The built server over stdio, and a client that can write anything. */
export interface RawStdio {
  readonly server: ChildProcessWithoutNullStreams;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Writes a string or buffer unchanged, or any other value as a line of JSON. */
  readonly write: (what: unknown) => void;
  /** Returns the next line from the server, parsed: a message, or an array of messages. */
  readonly next: () => Promise<RawMessage & readonly RawMessage[]>;
  /** Sends a request. @returns its response. Other messages before it are skipped. */
  readonly ask: (method: string, params?: unknown, id?: unknown) => Promise<RawMessage>;
  readonly initialize: (protocolVersion?: string) => Promise<RawMessage>;
}

export function openRawStdio(
  scope: Scope,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  dist = DIST,
): RawStdio {
  const script = [join(dist, 'stdio.js'), '--storage', storageFolder(scope), ...args];
  const server = spawn(process.execPath, script, { stdio: 'pipe', env: { ...process.env, ...env } });
  server.stdin.on('error', () => undefined);
  const ended = (once(server, 'exit') as Promise<[number | null]>).then(([code]) => code);
  atEnd(scope, async () => {
    server.stdin.end();
    await ended;
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  let count = 0;
  const write = (what: unknown): void => {
    server.stdin.write(
      typeof what === 'string' || what instanceof Buffer ? what : `${JSON.stringify(what)}\n`,
    );
  };
  const next = async (): Promise<RawMessage & readonly RawMessage[]> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done === true) throw new Error('the server has exited');
    return JSON.parse(value) as RawMessage & readonly RawMessage[];
  };
  const ask = async (
    method: string,
    params?: unknown,
    id: unknown = `ask-${++count}`,
  ): Promise<RawMessage> => {
    write({ jsonrpc: '2.0', id, method, params });
    for (;;) {
      const message = await next();
      if (message.id === id) return message;
    }
  };
  const initialize = async (protocolVersion = LATEST_VERSION): Promise<RawMessage> => {
    const clientInfo = { name: 'raw', version: '1' };
    const answer = await ask('initialize', { protocolVersion, capabilities: {}, clientInfo });
    write({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  };
  return { server, ended, write, next, ask, initialize };
}

/** Returns the messages up to the answer with an id. */
export async function messagesUntil({ next }: RawStdio, id: unknown): Promise<RawMessage[]> {
  const messages: RawMessage[] = [];
  for (;;) {
    const message = await next();
    messages.push(message);
    if (message.id === id) return messages;
  }
}
