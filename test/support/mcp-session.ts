import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { atEnd, scratchFolder } from './scratch.ts';

export const DIST = join(import.meta.dirname, '..', '..', 'dist');

export interface Reply {
  /** The first text block. */
  readonly text: string;
  /** The facts of its header line, JSON strings decoded. */
  readonly facts: Readonly<Record<string, string>>;
  /** What follows the header line. */
  readonly log: string;
  /** All text blocks. */
  readonly blocks: readonly string[];
  readonly isError: boolean;
}

/** A real client, over stdio, of the server that the build made. */
export interface McpSession {
  readonly client: Client;
  readonly storage: string;
  /** Process id of the server. */
  readonly pid: number;
  call(name: string, args?: Record<string, unknown>): Promise<Reply>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** A new folder when left out. */
  readonly storage?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export async function openSession(context: TestContext, options: SessionOptions = {}): Promise<McpSession> {
  const storage = options.storage ?? scratchFolder(context);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(DIST, 'stdio.js'), '--storage', storage, ...(options.args ?? [])],
    env: { ...(process.env as Record<string, string>), ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test-client', version: '1.0.0' });
  await client.connect(transport);
  atEnd(context, () => client.close());
  return {
    client,
    storage,
    pid: transport.pid as number,
    async call(name, args = {}) {
      const result = await client.callTool({ name, arguments: args });
      const blocks = (result.content as { text: string }[]).map(({ text }) => text);
      return { ...parseReply(blocks[0] ?? ''), blocks, isError: result.isError === true };
    },
    close: () => client.close(),
  };
}

function parseReply(text: string): Pick<Reply, 'text' | 'facts' | 'log'> {
  const lineEnd = text.indexOf('\n');
  const header = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const facts = [...header.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S+)/g)].map(([, key = '', value = '']) => {
    return [key, value.startsWith('"') ? (JSON.parse(value) as string) : value] as const;
  });
  return { text, facts: Object.fromEntries(facts), log: lineEnd < 0 ? '' : text.slice(lineEnd + 1) };
}
