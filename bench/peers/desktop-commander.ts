/** https://github.com/wonderwhy-er/DesktopCommanderMCP: keeps the last 50 MiB of each process in memory. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallTool, McpLaunch } from '../mcp-client.ts';
import { installPackage } from '../npm-package.ts';
import type { JobServer, Peer } from '../peer.ts';
import { SHELL } from '../shell.ts';
import { mcpPeer } from './mcp-peer.ts';

const PACKAGE = {
  name: '@wonderwhy-er/desktop-commander',
  version: '0.2.52',
  // 0.3.10 depends on a version of typedarray.prototype.slice that was never published.
  overrides: { traverse: '0.3.9' },
};
/** Faster polling would slow down the server under measurement. */
const EXIT_POLL_MS = 10;
/** Lines per read: more than a few polls can miss. */
const READ_LINES = 20;

function adapt(callTool: CallTool): JobServer {
  /** The last lines. Its reads of new output poll every 50 ms inside the server and lose lines. */
  const readLast = (jobId: string, lines: number) =>
    callTool('read_process_output', { pid: Number(jobId), offset: -lines, length: lines });
  return {
    async start(command) {
      // It waits for the end or a prompt, but at least 1 ms.
      const reply = await callTool('start_process', { command, timeout_ms: 1, shell: SHELL });
      const pid = /PID (\d+)/.exec(reply)?.[1];
      if (pid === undefined) throw new Error(`No PID in the reply: ${reply.slice(0, 200)}`);
      return pid;
    },
    read: (jobId) => readLast(jobId, READ_LINES),
    async waitForExit(jobId) {
      // The list is its cheapest tool, because each read of a running process joins all of its output.
      while ((await callTool('list_sessions', {})).includes(`PID: ${jobId},`)) await sleep(EXIT_POLL_MS);
      const reply = await readLast(jobId, 1);
      const exitCode = /completed with exit code (\S+)/.exec(reply)?.[1];
      if (exitCode !== '0') throw new Error(`The process ended with code ${exitCode ?? 'unknown'}`);
    },
    tail: readLast,
    async keptBytes(jobId) {
      // It returns only the number of lines. All lines have the same length.
      const reply = await readLast(jobId, 2);
      const lines = Number(/total: (\d+) lines/.exec(reply)?.[1]);
      const [line = ''] = reply.split('\n\n')[1]?.split('\n') ?? [];
      return lines * Buffer.byteLength(`${line}\n`);
    },
    list: () => callTool('list_sessions', {}),
    kill: (jobId) => callTool('force_terminate', { pid: Number(jobId) }),
  };
}

/** Turns off its telemetry and its downloads of flags and of a browser. */
async function prepare(script: string, folder: string): Promise<McpLaunch> {
  const configFolder = join(folder, '.claude-server-commander');
  await mkdir(configFolder);
  const config = {
    telemetryEnabled: false,
    defaultShell: SHELL,
    blockedCommands: [],
    allowedDirectories: [],
  };
  await writeFile(join(configFolder, 'config.json'), JSON.stringify(config));
  const browser = join(folder, '.cache', 'puppeteer', 'chrome', 'placeholder', 'chrome-linux64');
  await mkdir(browser, { recursive: true });
  await writeFile(join(browser, 'chrome'), '');
  return {
    args: [script, '--no-onboarding'],
    env: { DESKTOP_COMMANDER_DISABLE_TELEMETRY: '1', DC_FLAG_URL: 'http://127.0.0.1:9/' },
  };
}

export const desktopCommander: Peer = {
  name: 'desktop-commander',
  ours: false,
  means: '`read_process_output` of the last lines polled without a pause; `list_sessions` polled every 10 ms',
  async install(cacheFolder) {
    const script = join(await installPackage(PACKAGE, cacheFolder), 'dist', 'index.js');
    return mcpPeer({
      version: PACKAGE.version,
      prepare: ({ folder }) => prepare(script, folder),
      adapt,
    });
  },
};
