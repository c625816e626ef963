/** https://github.com/botanicastudios/process-manager-mcp: a file for the output of each process, and no limit. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallTool } from '../mcp-client.ts';
import { installPackage } from '../npm-package.ts';
import type { JobServer, Peer } from '../peer.ts';
import { mcpPeer } from './mcp-peer.ts';

const PACKAGE = { name: '@botanicastudios/process-manager-mcp', version: '0.3.3' };
/** It has no tool that waits. Faster polling would slow down the server under measurement. */
const EXIT_POLL_MS = 10;
/** Lines per read: more than a few polls can miss. */
const READ_LINES = 20;
/** "All of it": it reads the whole file anyway. */
const ALL_LINES = 1e9;

function adapt(callTool: CallTool): JobServer {
  const tail = (jobId: string, lines: number) =>
    callTool('get_logs', { pid: Number(jobId), numLines: lines });
  return {
    async start(command) {
      const pid = /PID: (\d+)/.exec(await callTool('start_process', { command }))?.[1];
      if (pid === undefined) throw new Error('start_process: no PID in the reply');
      return pid;
    },
    read: (jobId) => tail(jobId, READ_LINES),
    async waitForExit(jobId) {
      for (;;) {
        const list = await callTool('list_processes', { show_all_processes: true });
        const entry = list.split('\n\n').find((each) => each.startsWith(`PID: ${jobId}\n`));
        const status = /^Status: (\S+)/m.exec(entry ?? '')?.[1];
        if (status === 'stopped') return;
        if (status !== 'running') throw new Error(`The process ended as ${status ?? 'unknown'}`);
        await sleep(EXIT_POLL_MS);
      }
    },
    tail,
    keptBytes: async (jobId) => Buffer.byteLength(`${await tail(jobId, ALL_LINES)}\n`),
    list: () => callTool('list_processes', { show_all_processes: true }),
    kill: (jobId) => callTool('end_process', { pid: Number(jobId) }),
  };
}

export const processManagerMcp: Peer = {
  name: 'process-manager-mcp',
  ours: false,
  means: '`get_logs` polled without a pause; `list_processes` polled every 10 ms',
  async install(cacheFolder) {
    const args = [join(await installPackage(PACKAGE, cacheFolder), 'dist', 'index.js')];
    return mcpPeer({ version: PACKAGE.version, prepare: async () => ({ args, env: {} }), adapt });
  },
};
