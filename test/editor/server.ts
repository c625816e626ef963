import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { COOKIE } from '../../src/processes/job-cookie.ts';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { killTree } from '../../src/processes/tree-kill.ts';
import type { Editor } from './install-editor.ts';
import { endRunners } from './job-storages.ts';
import { give, lend, type OrdinaryUser, userEnvironment } from './ordinary-user.ts';

/** Timeout to listen, in ms. It takes a second, unless the machine is very busy. */
const PATIENCE = 60_000;
/** Time for its processes to exit by themselves, in ms. Extensions have 5 s for their `deactivate`. */
const GRACE = 7000;

export interface ServerOptions {
  readonly editor: Editor;
  /** Folder for its log, its secret and its temporary files. */
  readonly folder: string;
  readonly userDataDir: string;
  readonly extensionsDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to use Restricted Mode until the folder is trusted. */
  readonly askForTrust?: boolean;
  /** How long a page may be away until its extension host exits. By default hours. */
  readonly reconnectionSeconds?: number | undefined;
  /** Runs the server in place of the user of the tests, who is root. All folders must be the user's. */
  readonly user?: OrdinaryUser | undefined;
  readonly signal: AbortSignal;
}

export interface EditorServer {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Secret that gives full access as this user. */
  readonly token: string;
  /** Resolves with the last lines of its log when it exits for any reason. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Starts a VS Code server on loopback, and waits until it listens. */
export async function startServer(options: ServerOptions): Promise<EditorServer> {
  const { editor, folder, userDataDir, extensionsDir, user, signal } = options;
  const token = randomBytes(24).toString('hex');
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  if (user !== undefined) give(user, tokenFile);
  const logFile = join(folder, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const id = randomUUID();
  const guard = join(import.meta.dirname, 'end-with-parent.mjs');
  const server = spawn(
    editor.node,
    [
      ...(process.platform === 'win32' ? [] : ['--import', user === undefined ? guard : lend(guard, folder)]),
      join(editor.vscode, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', '0', '--connection-token-file', tokenFile],
      ...['--server-data-dir', join(folder, 'server'), '--user-data-dir', userDataDir],
      ...['--extensions-dir', extensionsDir, '--telemetry-level', 'off', '--accept-server-license-terms'],
      // A built workbench accepts extensions under development in its address only with this flag.
      '--enable-smoke-test-driver',
      ...(options.askForTrust === true ? [] : ['--disable-workspace-trust']),
      ...(options.reconnectionSeconds === undefined
        ? []
        : ['--reconnection-grace-time', String(options.reconnectionSeconds)]),
    ],
    // The cookie finds processes that left the tree; see jobTree().
    {
      env: {
        ...(user === undefined ? process.env : userEnvironment(folder)),
        TMPDIR: folder,
        ...options.env,
        [COOKIE]: id,
      },
      ...user,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log, 'pipe'],
    },
  );
  closeSync(log);
  const exited = once(server, 'exit').then(([code]) => `It ended with code ${code}.\n${lastLines(logFile)}`);
  const table = systemProcessTable();
  const { pid } = server;
  if (pid === undefined) throw new Error(await exited);
  const started = (await table.find(pid))?.started ?? '';
  const stop = async (): Promise<void> => {
    await killTree(table, { id, pid, started }, { signal: 'SIGTERM', graceMs: GRACE, exited });
    await endRunners(userDataDir);
  };
  try {
    const port = await untilListening(
      logFile,
      exited,
      AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    );
    return { origin: `http://127.0.0.1:${port}`, token, ended: exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its log is a file, because a pipe that is not read could block it. */
async function untilListening(
  logFile: string,
  exited: Promise<string>,
  signal: AbortSignal,
): Promise<string> {
  let failure: string | undefined;
  void exited.then((words) => (failure = words));
  for (;;) {
    const port = /Extension host agent listening on (\d+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
    if (port !== undefined) return port;
    if (failure !== undefined) throw new Error(`The VS Code server does not run. ${failure}`);
    await delay(20, undefined, { signal });
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-30).join('\n');
  } catch {
    return ''; // The folder is removed at the end of the session.
  }
}
