import { join } from 'node:path';
import type * as vscode from 'vscode';
import type * as Jobs from './jobs/manager.ts';
import type * as Attach from './mcp/attach/index.ts';
import { ATTACH_VARIABLE, launcherPath, windowsFolder } from './mcp/attach/attach-paths.ts';
import type * as McpEndpoint from './mcp/transports/http-endpoint.ts';
import { hasRunnerFiles, watchRunners } from './protocol/runner-files.ts';
import type * as Link from './jobs/runners/runner-link.ts';
import { askUser } from './ui/notices/input-prompt.ts';
import type * as Clients from './ui/clients/copy-configuration.ts';
import { registerClients } from './ui/clients/register-clients.ts';
import { registerCommands } from './ui/commands/register-commands.ts';
import { JobOutput } from './ui/output/job-output.ts';
import { JobTree } from './ui/tree/job-tree.ts';
import { keepLog } from './ui/event-log.ts';
import { LogDocuments } from './ui/output/log-document.ts';
import { ManagerSource } from './ui/manager-source.ts';
import { registerMcpProvider } from './ui/clients/mcp-provider.ts';
import { showNotices } from './ui/notices/job-notices.ts';
import { followSettings, readSettings } from './ui/settings.ts';
import type * as Start from './ui/start/index.ts';
import { registerStartCommands } from './ui/start/register-start-commands.ts';
import { showInStatusBar } from './ui/notices/status-bar.ts';
import { storageFolder } from './ui/storage-folder.ts';

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
      policyScript: script('policy.js'),
      loadConnect: () => (load('link.js') as typeof Link).connectRunner,
      env: process.env,
      settings: readSettings,
      endJobsWithManager: false,
      ask: askUser,
    });
  });
  const openEndpoint = (): Promise<McpEndpoint.Endpoint> => {
    endpoint ??= (load('mcp.js') as typeof McpEndpoint)
      .openEndpoint(source.get(), version)
      .catch((error: unknown) => {
        // Tried again when it is asked for again.
        endpoint = undefined;
        throw error;
      });
    return endpoint;
  };
  const log = keepLog(source);
  const outside = {
    windows: windowsFolder(storage),
    variable: ATTACH_VARIABLE,
    launcher: launcherPath(context.globalStorageUri.fsPath),
  };
  const attach = (): typeof Attach => load('attach.js') as typeof Attach;
  const listen = (): void => {
    if (listener !== undefined) return;
    const onFailure = (error: unknown): undefined => {
      log.warn(`clients outside of this window: ${String(error)}`);
    };
    listener = attach().listen(outside.windows, openEndpoint).catch(onFailure);
    attach().refreshLauncher(outside.launcher, script('stdio.js')).catch(onFailure);
  };
  const outputs = new JobOutput(source);
  const logs = new LogDocuments(source);
  const tree = new JobTree(source);
  context.subscriptions.push(
    outputs,
    logs,
    tree,
    registerCommands({ jobs: source, outputs, logs, tree }),
    followSettings(source),
    showInStatusBar(source),
    log,
    showNotices({ jobs: source, isInSight: (id) => outputs.isInSight(id) }),
    registerStartCommands(() => load('start.js') as typeof Start, {
      jobs: source,
      outputs,
      memory: context.workspaceState,
    }),
    registerMcpProvider(version, openEndpoint),
    registerClients(context.environmentVariableCollection, () => load('clients.js') as typeof Clients, {
      ...outside,
      listen,
      writeLauncher: () => attach().writeLauncher(outside.launcher, script('stdio.js')),
    }),
  );
  jobs = source;
  // Nothing depends on it: whoever needs the jobs looks again, and is told what is wrong.
  const findJobs = (): void => {
    if (hasRunnerFiles(storage))
      source
        .get()
        .jobs.attach()
        .catch(() => undefined);
  };
  findJobs();
  // Another window on this folder may start the first job.
  const watcher = source.current === undefined ? watchRunners(storage, findJobs) : undefined;
  source.whenMade(() => watcher?.close());
  context.subscriptions.push({ dispose: () => watcher?.close() });
}

/** Jobs go on: their runner waits for the next window, or for the keep-alive time to be over. */
export async function deactivate(): Promise<void> {
  (await listener)?.close();
  await (await endpoint)?.close();
  await jobs?.current?.dispose();
}
