import { join } from 'node:path';
import type * as vscode from 'vscode';
import { AttachDoor } from './mcp/attach/attach-door.ts';
import { ATTACH_VARIABLE, launcherPath, SESSION_VARIABLE, windowsFolder } from './mcp/attach/attach-paths.ts';
import type { Endpoint } from './mcp/transports/http-endpoint.ts';
import type { JobRecord } from './protocol/job-record.ts';
import type { PrivateServer } from './sockets/private-server.ts';
import { registerMcpProvider } from './ui/clients/mcp-provider.ts';
import { reportMcpRestrictions } from './ui/clients/mcp-restrictions.ts';
import { registerClients } from './ui/clients/register-clients.ts';
import { registerCommands } from './ui/commands/register-commands.ts';
import { restoreDetails } from './ui/details/restore-details.ts';
import { createEventLog } from './ui/event-log.ts';
import { ManagerSource } from './ui/manager-source.ts';
import { askApproval } from './ui/notices/approval-question.ts';
import { askUser } from './ui/notices/input-prompt.ts';
import { showNotices } from './ui/notices/job-notices.ts';
import { keepWatches } from './ui/notices/kept-watches.ts';
import { showStartNotices } from './ui/notices/start-notices.ts';
import { showInStatusBar } from './ui/notices/status-bar.ts';
import { showTerminalNotice } from './ui/notices/terminal-notice.ts';
import { showWatchNotices } from './ui/notices/watch-notices.ts';
import { showWatchStatus } from './ui/notices/watch-status.ts';
import { JobFiles } from './ui/output/job-files.ts';
import { JobOutput } from './ui/output/job-output.ts';
import { LogDocuments } from './ui/output/log-document.ts';
import { contributedMatchers } from './ui/problems/contributed-matchers.ts';
import { ProblemPanel } from './ui/problems/problem-panel.ts';
import { showRunningJobs } from './ui/running-jobs.ts';
import { applyChangedSettings, readSettings } from './ui/settings.ts';
import { registerStartCommands } from './ui/start/register-start-commands.ts';
import { storageFolder } from './ui/storage-folder.ts';
import { JobTree } from './ui/tree/job-tree.ts';

let jobs: ManagerSource | undefined;
let server: Promise<PrivateServer> | undefined;
let endpoint: Promise<Endpoint> | undefined;
let door: AttachDoor | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const { version } = context.extension.packageJSON as { version: string };
  const script = (name: string): string => context.asAbsolutePath(join('dist', name));
  const storage = storageFolder(context);
  // Code behind import() is loaded at its first use. It is twenty times as large as this.
  const source: ManagerSource = new ManagerSource(async () => {
    const { JobManager } = await import('./jobs/manager.ts');
    return new JobManager({
      storage,
      runnerScript: script('runner.js'),
      searchScript: script('search.js'),
      policyScript: script('policy.js'),
      problemsScript: script('problems.js'),
      contributedMatchers,
      startTask: async (label, startedBy) => {
        const { startTaskFor } = await import('./ui/start/index.ts');
        return startTaskFor(await source.load(), label, startedBy);
      },
      env: process.env,
      settings: readSettings,
      endJobsWithManager: false,
      ask: askUser,
      askApproval,
    });
  });
  const openServer = (): Promise<PrivateServer> => {
    server ??= import('./sockets/private-server.ts')
      .then((module) => module.PrivateServer.open())
      .catch((error: unknown) => {
        // The next caller tries again.
        server = undefined;
        throw error;
      });
    return server;
  };
  const open = async (): Promise<Endpoint> => {
    const { openEndpoint } = await import('./mcp/transports/http-endpoint.ts');
    const card = { page: script('job-card.html'), open: (job: JobRecord) => tree.reveal(job) };
    return openEndpoint(await openServer(), await source.load(), version, {}, card);
  };
  const openEndpoint = (): Promise<Endpoint> => {
    endpoint ??= open().catch((error: unknown) => {
      // The next caller tries again.
      endpoint = undefined;
      throw error;
    });
    return endpoint;
  };
  const log = createEventLog(source);
  const outside = {
    windows: windowsFolder(storage),
    variable: ATTACH_VARIABLE,
    launcher: launcherPath(context.globalStorageUri.fsPath),
  };
  const attachDoor = new AttachDoor({
    ...outside,
    load: () => import('./mcp/attach/index.ts'),
    program: script('stdio.js'),
    openServer,
    openEndpoint,
    onFailure: (what, error) => log.warn(`${what}: ${String(error)}`),
  });
  door = attachDoor;
  const openDoor = (): Promise<string> => attachDoor.open();
  const outputs = new JobOutput(source, context.workspaceState);
  const logs = new LogDocuments(source);
  const tree = new JobTree(source);
  jobs = source;
  const detailsPage = script('job-details.html');
  context.subscriptions.push(
    outputs,
    logs,
    tree,
    registerCommands({ jobs: source, outputs, logs, tree, detailsPage }),
    restoreDetails({ jobs: source, page: detailsPage, report: (error) => log.warn(String(error)) }),
    applyChangedSettings(source),
    new ProblemPanel(source),
    showInStatusBar(source),
    showWatchStatus(source),
    new JobFiles(source).register(),
    showRunningJobs(source, storage, log),
    log,
    reportMcpRestrictions(context.globalState),
    showNotices({ jobs: source, isVisible: (id) => outputs.isVisible(id) }),
    showWatchNotices({ jobs: source, isVisible: (id) => outputs.isVisible(id) }),
    registerStartCommands({ jobs: source, outputs, memory: context.workspaceState }),
    registerMcpProvider({
      version,
      bridge: { args: [`--attach=${outside.windows}`], env: { [SESSION_VARIABLE]: '1' } },
      open: openDoor,
      openEndpoint,
    }),
    registerClients(context.environmentVariableCollection, {
      ...outside,
      // The release fills it in.
      isReleased: 'repository' in (context.extension.packageJSON as object),
      open: openDoor,
    }),
  );
  keepWatches(source, context.workspaceState);
  showStartNotices(source);
  showTerminalNotice(source);
}

/** Disconnects from the runner. Jobs keep running there until the next window connects or the keep-alive time is over. */
export async function deactivate(): Promise<void> {
  await door?.close();
  await (await endpoint)?.close();
  (await server)?.close();
  await jobs?.dispose();
}
