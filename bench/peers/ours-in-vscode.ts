/** This project in a real VS Code. Its tools are called through VS Code's own MCP client, as in a chat. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { windowsFolder } from '../../src/mcp/attach/attach-paths.ts';
import type { MeterReading } from '../editor/messages.ts';
import { openEditor, type RunningEditor } from '../editor/open-editor.ts';
import { McpClient } from '../mcp-client.ts';
import type { HostProbe, Launch, OpenServer, Peer } from '../peer.ts';
import { SHELL } from '../shell.ts';
import { writeHistory } from './history.ts';
import { adapt, ownVersion } from './ours.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const STDIO = join(ROOT, 'dist', 'stdio.js');

const MODEL = join(ROOT, 'test', 'editor', 'fixtures', 'scripted-model');

const SETTINGS = {
  'backgroundJobs.shell': SHELL,
  'backgroundJobs.maxConcurrentJobs': 1000,
  'backgroundJobs.historyLimit': 100_000,
  'backgroundJobs.keepAliveSeconds': 0,
  'backgroundJobs.notifyWhenJobEnds': 'never',
  // A server looks for ports in all processes of the machine, every few seconds and in the extension host.
  'remote.autoForwardPorts': false,
};

/** Where the extension keeps its jobs: src/ui/storage-folder.ts. */
function storageIn(userDataDir: string, workspace: string): string {
  const id = createHash('sha256').update(pathToFileURL(workspace).toString()).digest('hex').slice(0, 16);
  const storage = join(userDataDir, 'User', 'globalStorage', 'agent-tools.background-jobs');
  return join(storage, 'workspaces', id);
}

function probe(editor: RunningEditor, attach: HostProbe['attach']): HostProbe {
  const ask: RunningEditor['ask'] = (verb, argument) => editor.ask(verb, argument);
  const metered = async (work: () => Promise<void>): Promise<MeterReading> => {
    await ask('startMeter');
    await work();
    return (await ask('stopMeter')) as MeterReading;
  };
  return {
    attach,
    metered,
    memory: async () => (await ask('memory')) as number,
    activationTime: async () => (await ask('activationTime')) as number,
    openChat: () => ask('openChat'),
    showCards: (commands) => ask('showCards', { commands }),
    hideChat: () => ask('hideChat'),
    showView: () => ask('showView'),
    hideView: () => ask('hideView'),
    openOutput: async (label, text) => (await ask('openOutput', { label, text })) as number,
  };
}

async function open({ folder, env, history, agentMode }: Launch): Promise<OpenServer> {
  // The home folder stays, because its cache contains the editor.
  const { HOME: _, ...others } = env;
  let windows = '';
  const editor = await openEditor({
    folder,
    extensionPath: ROOT,
    settings: SETTINGS,
    env: others,
    ...(agentMode && { fixtures: [MODEL] }),
    prepare: ({ workspace, userDataDir }) => {
      const storage = storageIn(userDataDir, workspace);
      windows = windowsFolder(storage);
      if (history > 0) writeHistory(storage, history);
    },
  });
  const callTool = async (name: string, args: Record<string, unknown>): Promise<string> =>
    String(await editor.ask('callTool', { name, args }));
  const attach = (): Promise<McpClient> =>
    McpClient.connect({ args: [STDIO, `--attach=${windows}`], env: others }, folder);
  return {
    server: { ...adapt(callTool), host: probe(editor, attach) },
    hasHistory: true,
    close: () => editor.close(),
    isOwn: ({ argv }) =>
      argv.includes('--type=extensionHost') || argv.some((word) => word.endsWith('runner.js')),
  };
}

export const oursInVsCode: Peer = {
  name: 'ours-in-vscode',
  ours: true,
  means: 'the same tools through the MCP client of VS Code, whose own cost is in each call',
  inEditor: true,
  rows: ['start', 'latency', 'history'],
  install: async () => ({ version: await ownVersion(), open }),
};
