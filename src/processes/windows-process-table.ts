import type { ProcessTable } from './process-table.ts';

/** Windows. The code is loaded at the first use, so that other systems never load it. */
export const windows: ProcessTable = {
  list: async (ancestor) => (await load()).list(ancestor),
  readTags: async (processes) => (await load()).readTags(processes),
  find: async (pid) => (await load()).find(pid),
  details: async (pid) => (await load()).details(pid),
  listeningPorts: async (pids) => (await load()).listeningPorts(pids),
  bootId: async () => (await load()).bootId(),
  send(...args) {
    loaded?.send(...args);
  },
};

let loaded: ProcessTable | undefined;

async function load(): Promise<ProcessTable> {
  loaded ??= (await import('./windows/table.ts')).table;
  return loaded;
}
