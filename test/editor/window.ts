import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import type { JobRecord } from '../../src/protocol/job-record.ts';
import { Journal } from '../../src/protocol/journal.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { openBrowser, PAGE_PATIENCE_MS } from './browser.ts';
import { DEFAULT_VERSION, type Editor, installEditor } from './install-editor.ts';
import { findStorage } from './job-storages.ts';
import { give, lend, type OrdinaryUser } from './ordinary-user.ts';
import { pageAddress } from './page-address.ts';
import { READABLE, writeSettings } from './profile.ts';
import { startServer } from './server.ts';

export interface WindowOptions {
  /** Folder of an extension under development. */
  readonly extension?: string;
  readonly extensionsDir?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Keep the jobs while no window is open, however long a reload takes. They end with the server. */
  readonly keepsJobs?: boolean;
  /** Folder whose content goes into the user's profile. */
  readonly profile?: string;
  /** Open no folder. */
  readonly isEmpty?: boolean;
  /** URI of a folder to open in place of one on the disk. */
  readonly folderUri?: string;
  /** Environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ask before a folder is trusted, as VS Code does by itself. */
  readonly askForTrust?: boolean;
  /** How long a page that did not say that it goes may be away until its extension host exits. */
  readonly reconnectionSeconds?: number;
  /** Runs the editor in place of the user of the tests, who is root. */
  readonly user?: OrdinaryUser | undefined;
}

/** A VS Code in a page, looked at from outside: it may be reloaded and closed. */
export interface Window {
  readonly page: Page;
  readonly workspace: string;
  /** The jobs that the extension has recorded for this workspace. */
  readonly jobs: () => JobRecord[];
  /** The storage folder of the extension for this workspace. */
  readonly storage: () => string;
  /** Process ids of its extension hosts. */
  readonly extensionHosts: () => Promise<number[]>;
  /** Another window of the same VS Code, on the same folder when none is given. */
  readonly another: (folder?: string) => Promise<Page>;
}

/** A busy page may go without telling the server, whose extension host would be the old one beside the new one for hours. */
const RECONNECTION_SECONDS = 10;

/** Longer than a window is away while it reloads on a busy machine. */
const KEEPING = { 'backgroundJobs.keepAliveSeconds': 600 };

export async function openWindow(t: TestContext, options: WindowOptions = {}): Promise<Window> {
  const folder = scratchFolder(t);
  const { signal } = new AbortController();
  const userDataDir = join(folder, 'user');
  const extensionsDir = options.extensionsDir ?? join(folder, 'extensions');
  const workspace = join(folder, 'workspace');
  for (const each of [workspace, extensionsDir]) mkdirSync(each, { recursive: true });
  const keeping = options.keepsJobs === true ? KEEPING : {};
  writeSettings(userDataDir, { ...READABLE, ...keeping, ...options.settings });
  if (options.profile !== undefined) cpSync(options.profile, join(userDataDir, 'User'), { recursive: true });
  const { user } = options;
  const installed = await installEditor(DEFAULT_VERSION, signal);
  if (user !== undefined) for (const each of [folder, extensionsDir]) give(user, each);
  const editor = user === undefined ? installed : lendEditor(installed, folder);
  const server = await startServer({
    editor,
    folder,
    userDataDir,
    extensionsDir,
    askForTrust: options.askForTrust === true,
    reconnectionSeconds: options.reconnectionSeconds ?? RECONNECTION_SECONDS,
    ...(options.env !== undefined && { env: options.env }),
    user,
    signal,
  });
  atEnd(t, () => server.stop());
  const browser = await openBrowser(t);
  const another = async (folder?: string): Promise<Page> => {
    // A profile of its own, in which a test can open further pages.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_PATIENCE_MS);
    await page.goto(pageAddress(server, { workspace: folder, extension: options.extension }));
    await page.locator('.monaco-workbench').waitFor();
    return page;
  };
  const page = await another(options.isEmpty === true ? undefined : (options.folderUri ?? workspace));
  const storage = (): string => findStorage(userDataDir);
  return {
    page,
    workspace,
    storage,
    jobs: () => [...new Journal(storage()).read().jobs.values()],
    extensionHosts: () => findExtensionHosts(folder),
    another: (folder = workspace) => another(folder),
  };
}

function lendEditor({ vscode, node }: Editor, folder: string): Editor {
  return { vscode: lend(vscode, folder), node: lend(node, folder) };
}

/** @param folder what the server has for its temporary files, as its processes have */
async function findExtensionHosts(folder: string): Promise<number[]> {
  const table = systemProcessTable();
  const processes = (await table.list()).filter(({ pid }) => {
    return `\0${environmentOf(pid)}`.includes(`\0TMPDIR=${folder}\0`);
  });
  const hosts = processes.map(async ({ pid }) => {
    const command = (await table.details(pid))?.command ?? '';
    return command.includes('--type=extensionHost') ? [pid] : [];
  });
  return (await Promise.all(hosts)).flat();
}

/** Returns an empty text for a process that is gone or cannot be read. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
