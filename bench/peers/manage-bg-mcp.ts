/** https://github.com/mizunashi-mana/manage-bg-mcp: keeps the last 200 lines of each process in memory. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallTool } from '../mcp-client.ts';
import { installPackage } from '../npm-package.ts';
import type { JobServer, Peer } from '../peer.ts';
import { SHELL } from '../shell.ts';
import { mcpPeer } from './mcp-peer.ts';

const PACKAGE = { name: '@mizunashi_mana/manage-bg-mcp', version: '0.0.5' };
/** It has no tool that waits. Faster polling would slow down the server under measurement. */
const EXIT_POLL_MS = 10;
/** Lines per read: more than a few polls can miss. */
const READ_LINES = 20;

interface Reply {
  success: boolean;
  error?: string;
  processId?: string;
  process?: { status: string; exitCode?: number };
  logs?: { stdout: string[] };
}

function adapt(callTool: CallTool): JobServer {
  const call = async (tool: string, args: Record<string, unknown>): Promise<Reply> => {
    const reply = JSON.parse(await callTool(tool, args)) as Reply;
    if (!reply.success) throw new Error(`${tool}: ${reply.error ?? 'failed'}`);
    return reply;
  };
  /** The last lines, or all lines. */
  const readLines = async (processId: string, lines?: number): Promise<string> => {
    const { logs } = await call('get_logs', { processId, lines });
    return logs?.stdout.join('\n') ?? '';
  };
  return {
    async start(command) {
      // It runs a program, not a shell command.
      const { processId } = await call('start', { command: SHELL, args: ['-c', command] });
      if (processId === undefined) throw new Error('start: no processId in the reply');
      return processId;
    },
    read: (jobId) => readLines(jobId, READ_LINES),
    async waitForExit(jobId) {
      for (;;) {
        const { process } = await call('get_info', { processId: jobId });
        if (process?.status === 'stopped') return;
        if (process?.status !== 'running') {
          throw new Error(`The process ended with code ${String(process?.exitCode)}`);
        }
        await sleep(EXIT_POLL_MS);
      }
    },
    tail: readLines,
    keptBytes: async (jobId) => Buffer.byteLength(`${await readLines(jobId)}\n`),
    list: () => callTool('list', {}),
    kill: (jobId) => call('stop', { processId: jobId }),
  };
}

export const manageBgMcp: Peer = {
  name: 'manage-bg-mcp',
  ours: false,
  means: '`get_logs` polled without a pause; `get_info` polled every 10 ms',
  async install(cacheFolder) {
    const folder = await installPackage(PACKAGE, cacheFolder);
    const args = [join(folder, 'dist', 'src', 'index.js')];
    return mcpPeer({ version: PACKAGE.version, prepare: async () => ({ args, env: {} }), adapt });
  },
};
