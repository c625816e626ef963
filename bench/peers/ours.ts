/** This project, as built in dist/. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallTool } from '../mcp-client.ts';
import type { JobServer, Peer } from '../peer.ts';
import { writeHistory } from './history.ts';
import { mcpPeer } from './mcp-peer.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The longest that the wait tool waits, in seconds. */
const WAIT_S = 50;

/** Facts `key=value` of a reply's first line. */
function headerOf(reply: string): Map<string, string> {
  const [header = ''] = reply.split('\n', 1);
  return new Map([...header.matchAll(/(\S+?)=(\S+)/g)].map(([, key = '', value = '']) => [key, value]));
}

function fact(reply: string, key: string): string {
  const value = headerOf(reply).get(key);
  if (value === undefined) throw new Error(`No ${key}= in the reply: ${reply.slice(0, 200)}`);
  return value;
}

/** A fact of `status`, which is on a line below the header. */
function logFact(status: string, key: string): string | undefined {
  return new RegExp(`^.*\\b${key}=(\\d+)`, 'm').exec(status)?.[1];
}

export function adapt(callTool: CallTool): JobServer {
  const cursors = new Map<string, number>();
  return {
    callTool,
    async start(command) {
      return fact(await callTool('execute', { command }), 'id');
    },
    async startOnTerminal(command) {
      return fact(await callTool('execute', { command, tty: true }), 'id');
    },
    async read(jobId) {
      const cursor = cursors.get(jobId) ?? 0;
      const reply = await callTool('wait', { job_id: jobId, until: 'output', cursor, wait_s: WAIT_S });
      cursors.set(jobId, Number(fact(reply, 'next_cursor')));
      return reply;
    },
    async waitForExit(jobId) {
      let reply: string;
      do {
        reply = await callTool('wait', { job_id: jobId, until: 'exit', wait_s: WAIT_S });
      } while (fact(reply, 'reason') === 'timeout');
      const header = headerOf(reply);
      if (header.get('status') !== 'completed' || header.get('exit_code') !== '0') {
        throw new Error(`The job ended otherwise than with code 0: ${reply.slice(0, 200)}`);
      }
    },
    tail: (jobId, lines) => callTool('tail', { job_id: jobId, lines }),
    async keptBytes(jobId) {
      const reply = await callTool('status', { job_id: jobId });
      return Number(logFact(reply, 'log_end')) - Number(logFact(reply, 'log_dropped') ?? 0);
    },
    list: () => callTool('list', {}),
    kill: (jobId) => callTool('kill', { job_id: jobId }),
    search: (jobId, pattern) => callTool('search', { job_id: jobId, pattern }),
  };
}

/** Enough for every row, so that no limit refuses a job. */
const LIMITS = ['--max-concurrent-jobs', '1000', '--history-limit', '100000'];

/** The version in the manifest. */
export async function ownVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

function variant(name: string, flags: string[], remark: string, rows?: string[]): Peer {
  return {
    name,
    ours: true,
    means: `\`wait\` until=output with a cursor; \`wait\` until=exit; ${remark}`,
    ...(rows !== undefined && { rows }),
    async install() {
      const script = join(ROOT, 'dist', 'stdio.js');
      return mcpPeer({
        version: await ownVersion(),
        async prepare({ folder, history }) {
          const storage = join(folder, 'storage');
          if (history > 0) writeHistory(storage, history);
          return { args: [script, '--storage', storage, ...LIMITS, ...flags], env: {} };
        },
        adapt,
        hasHistory: true,
      });
    },
  };
}

export const ours = variant('ours', [], 'default limits of output');

/** The default limits keep only a part of what the volume row writes. This limit keeps all of it. */
export const oursKeepingAll = variant(
  'ours-keep-all',
  ['--max-output-size', '2GB', '--max-total-size', '4GB'],
  'limits raised so that the whole output is kept',
  ['volume'],
);
