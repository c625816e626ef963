import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { listGenerations } from '../../src/protocol/runner-files.ts';
import { atEnd, scratchFolder } from './scratch.ts';

export const DIST = join(import.meta.dirname, '..', '..', 'dist');

export type Facts = Readonly<Record<string, string>>;

export interface Reply {
  /** The first text block. */
  readonly text: string;
  /** The facts of its header line, with JSON strings decoded. */
  readonly facts: Facts;
  /** The text after the header line. */
  readonly log: string;
  /** All text blocks, without the news about other jobs. */
  readonly blocks: readonly string[];
  /** The block with the news about other jobs. */
  readonly news: string | undefined;
  readonly isError: boolean;
}

/** How the last block of a reply begins if other jobs of the caller ended or ask for something. */
const NEWS = '[Since your last call: ';

/** A real client of the built server, over stdio. */
export interface McpSession {
  readonly client: Client;
  readonly storage: string;
  /** Process id of the server. */
  readonly pid: number;
  /** Returns what the server has written to stderr. */
  readonly stderr: () => string;
  call(name: string, args?: Record<string, unknown>): Promise<Reply>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** By default a new folder. */
  readonly storage?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The built server, if it is not that in dist/. */
  readonly dist?: string;
  /** The name of the client. */
  readonly name?: string;
}

/** A test, or the end of a test file. */
export type Scope = Pick<TestContext, 'after'>;

export async function openSession(scope: Scope, options: SessionOptions = {}): Promise<McpSession> {
  const storage = options.storage ?? storageFolder(scope);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(options.dist ?? DIST, 'stdio.js'), '--storage', storage, ...(options.args ?? [])],
    env: { ...(process.env as Record<string, string>), ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const client = new Client({ name: options.name ?? 'test-client', version: '1.0.0' });
  atEnd(scope, () => client.close());
  try {
    await client.connect(transport);
  } catch (error) {
    // A server that does not answer would keep this process alive.
    await transport.close();
    throw error;
  }
  return {
    client,
    storage,
    pid: transport.pid as number,
    stderr: () => stderr,
    async call(name, args = {}) {
      const result = await client.callTool({ name, arguments: args });
      const all = (result.content as { text: string }[]).map(({ text }) => text);
      const [news] = all.filter((text) => text.startsWith(NEWS));
      const blocks = all.filter((text) => !text.startsWith(NEWS));
      return { ...parseReply(blocks[0] ?? ''), blocks, news, isError: result.isError === true };
    },
    close: () => client.close(),
  };
}

/** Creates a storage folder that several sessions may use. It is removed after all of them are closed. */
export function storageFolder(scope: Scope): string {
  const storage = scratchFolder(scope);
  atEnd(scope, () => untilRunnersEnd(storage));
  return storage;
}

/** Parses the facts of a line. */
export function parseFacts(line: string): Facts {
  const facts = [...line.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S+)/g)].map(([, key = '', value = '']) => {
    return [key, value.startsWith('"') ? (JSON.parse(value) as string) : value] as const;
  });
  return Object.fromEntries(facts);
}

function parseReply(text: string): Pick<Reply, 'text' | 'facts' | 'log'> {
  const lineEnd = text.indexOf('\n');
  const header = lineEnd < 0 ? text : text.slice(0, lineEnd);
  return { text, facts: parseFacts(header), log: lineEnd < 0 ? '' : text.slice(lineEnd + 1) };
}

/**
 * How long a runner may take to exit after its last client is gone, on a busy machine. One that has had no client waits 30 s for
 * the first. The usual keep-alive time is longer.
 */
const RUNNER_EXIT_TIMEOUT_MS = 50_000;

/** @throws if a runner did not exit by itself. It is stopped first, with all its jobs. */
async function untilRunnersEnd(storage: string): Promise<void> {
  if (await haveEnded(storage)) return;
  const late = runnersOf(storage);
  // The kernel function that each waits in shows whether it is idle or stuck.
  const named = late.map((pid) => `${pid} (${readProc(pid, 'wchan')})`).join(', ');
  for (const pid of late) process.kill(pid, 'SIGTERM');
  if (!(await haveEnded(storage))) for (const pid of runnersOf(storage)) process.kill(pid, 'SIGKILL');
  throw new Error(`The runners ${named} of ${storage} did not exit by themselves.`);
}

async function haveEnded(storage: string): Promise<boolean> {
  const deadline = performance.now() + RUNNER_EXIT_TIMEOUT_MS;
  while (runnersOf(storage).length > 0) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** Returns the process ids of the runners of a storage folder and of folders in it. Finds none on macOS. */
export function runnersOf(storage: string): number[] {
  if (process.platform === 'win32') return windowsRunnersOf(storage);
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProc(name, 'cmdline').includes(`runner.js\0${storage}`))
    .map(Number);
}

/** Reads the addresses, since Windows has no /proc. An address goes before its runner, which then takes a moment. */
function windowsRunnersOf(storage: string): number[] {
  const pids = listGenerations(storage).flatMap((generation) => {
    try {
      const address = readFileSync(join(storage, 'runners', `${generation}.json`), 'utf8');
      return (JSON.parse(address) as { readonly pid: number }).pid;
    } catch {
      // The runner has just removed it.
      return [];
    }
  });
  return pids.filter(isRunning);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // The process is gone.
    return '';
  }
}
