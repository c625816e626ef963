import { join } from 'node:path';
import type * as vscode from 'vscode';
import type * as Jobs from './jobs/manager.ts';
import type * as Attach from './mcp/attach/listener.ts';
import { ATTACH_VARIABLE, windowsFolder } from './mcp/attach/place.ts';
import type * as McpEndpoint from './mcp/endpoint.ts';
import { hasRunnerFiles } from './runner/generations.ts';
import type * as Link from './runner/runner-link.ts';
import { registerCommands } from './ui/commands.ts';
import { JobOutput } from './ui/job-output.ts';
import { JobTree } from './ui/job-tree.ts';
import { keepLog } from './ui/log.ts';
import { registerLogDocuments } from './ui/log-document.ts';
import { ManagerSource } from './ui/manager-source.ts';
import { registerMcpProvider } from './ui/mcp-provider.ts';
import { showNotices } from './ui/notices.ts';
import { readSettings } from './ui/settings.ts';
import type * as Start from './ui/start/main.ts';
import { registerStartCommands } from './ui/start/register.ts';
import { showInStatusBar } from './ui/status-bar.ts';
import { storageFolder } from './ui/storage.ts';

let jobs: ManagerSource | undefined;
let endpoint: Promise<McpEndpoint.Endpoint> | undefined;
let listener: Promise<Attach.Listener | undefined> | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const { version } = context.extension.packageJSON as { version: string };
  const script = (name: string): string => context.asAbsolutePath(join('dist', name));
  // Bundles of their own, loaded at their first use: together they are twenty times as large as what is needed before.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the path is known at run time
  const load = (name: string): unknown => require(script(name));
  const storage = storageFolder(context);
  const source = new ManagerSource(() => {
    const { JobManager } = load('jobs.js') as typeof Jobs;
    return new JobManager({
      storage,
      runnerScript: script('runner.js'),
      searchScript: script('search.js'),
      connectRunner: (...args) => (load('link.js') as typeof Link).connectRunner(...args),
      env: process.env,
      settings: readSettings,
      endJobsWithManager: false,
    });
  });
  const openEndpoint = (): Promise<McpEndpoint.Endpoint> => {
    endpoint ??= (load('mcp.js') as typeof McpEndpoint).openEndpoint(source.get(), version);
    return endpoint;
  };
  const windows = windowsFolder(storage);
  // What `stdio.js --attach` looks for; the value is the same for every window on this workspace.
  context.environmentVariableCollection.replace(ATTACH_VARIABLE, windows);
  const log = keepLog(source);
  // Behind the activation: nobody waits for it.
  setImmediate(() => {
    listener = (load('attach.js') as typeof Attach).listen(windows, openEndpoint).catch((error: unknown) => {
      log.warn(`no client outside of the window can attach: ${String(error)}`);
      return undefined;
    });
  });
  const outputs = new JobOutput(source);
  const tree = new JobTree(source);
  context.subscriptions.push(
    outputs,
    tree,
    registerCommands(source, outputs, tree),
    registerLogDocuments(source),
    showInStatusBar(source),
    log,
    showNotices({ jobs: source, isInSight: (id) => outputs.isInSight(id) }),
    registerStartCommands(() => load('start.js') as typeof Start, {
      jobs: source,
      outputs,
      memory: context.workspaceState,
    }),
    registerMcpProvider(version, openEndpoint),
  );
  jobs = source;
  // Nothing depends on it: whoever needs the jobs looks again, and is told what is wrong.
  if (hasRunnerFiles(storage))
    source
      .get()
      .attach()
      .catch(() => undefined);
}

/** Jobs go on: their runner waits for the next window, or for the keep-alive time to be over. */
export async function deactivate(): Promise<void> {
  (await listener)?.close();
  await (await endpoint)?.close();
  await jobs?.current?.dispose();
}
