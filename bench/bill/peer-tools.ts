/** The tools of the peers, as a model calls them. */
import type { CallTool } from '../mcp-client.ts';
import type { PollingTools } from './polling-agent.ts';
import { played } from './story.ts';

/** Lines per read if a server cannot report what is new: as many as the build prints between two reads. */
const LOOK_LINES = 40;
const END_LINES = 10;
/** Lines per page when a model pages back. */
const PAGE_LINES = 1000;

export function desktopCommander(call: CallTool): PollingTools {
  const read = (pid: string, more: Record<string, unknown>) =>
    call('read_process_output', { pid: Number(pid), ...more });
  return {
    async start(command, env = {}) {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value} `);
      // It returns at the end, at a suspected prompt, or at the timeout.
      const text = await call('start_process', {
        command: variables.join('') + command,
        timeout_ms: played(10),
      });
      return { id: /PID (\d+)/.exec(text)?.[1] ?? '', text };
    },
    // New output (offset 0) omits lines that were unfinished at the previous read. The last lines are reliable.
    look: (id) => read(id, { offset: -LOOK_LINES }),
    lookAtEnd: (id) => read(id, { offset: -END_LINES }),
    async *earlier(id) {
      const end = await read(id, { offset: -1 });
      let from = Number(/total: (\d+) lines/.exec(end)?.[1]);
      while (from > 0) {
        from = Math.max(1, from - PAGE_LINES);
        yield await read(id, { offset: from, length: PAGE_LINES });
        if (from === 1) return;
      }
    },
    send: (id, input) => call('interact_with_process', { pid: Number(id), input }),
    async running() {
      const list = await call('list_sessions', {});
      return [...list.matchAll(/PID: (\d+)/g)].map(([, pid = '']) => pid);
    },
    end: (id) => call('force_terminate', { pid: Number(id) }),
  };
}

export function manageBgMcp(call: CallTool): PollingTools {
  const look = (processId: string, lines: number) => call('get_logs', { processId, lines });
  return {
    async start(command, env) {
      const reply = await call('start', { command: 'sh', args: ['-c', command], ...(env && { env }) });
      return { id: (JSON.parse(reply) as { processId: string }).processId, text: '' };
    },
    look: (id) => look(id, LOOK_LINES),
    lookAtEnd: (id) => look(id, END_LINES),
    async *earlier(processId) {
      yield await call('get_logs', { processId });
    },
    async running() {
      const { processes } = JSON.parse(await call('list', {})) as { processes: { id: string }[] };
      return processes.map(({ id }) => id);
    },
    end: (processId) => call('stop', { processId }),
    endAll: () => call('stop_all', {}),
  };
}

export function processManagerMcp(call: CallTool): PollingTools {
  const look = (pid: string, numLines: number) => call('get_logs', { pid: Number(pid), numLines });
  return {
    async start(command, env) {
      const text = await call('start_process', { command, ...(env && { env }) });
      return { id: /PID: (\d+)/.exec(text)?.[1] ?? '', text: '' };
    },
    look: (id) => look(id, LOOK_LINES),
    lookAtEnd: (id) => look(id, END_LINES),
    // It returns only the last lines, so each read asks for more of them.
    async *earlier(id) {
      for (let lines = PAGE_LINES; lines < 1e6; lines *= 4) yield await look(id, lines);
    },
    async running() {
      const list = await call('list_processes', {});
      return [...list.matchAll(/^PID: (\d+)/gm)].map(([, pid = '']) => pid);
    },
    end: (id) => call('end_process', { pid: Number(id) }),
  };
}
