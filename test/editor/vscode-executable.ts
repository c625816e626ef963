// Does what a desktop VS Code does with --extensionDevelopmentPath and --extensionTestsPath: opens a workspace,
// runs the tests in the extension host, and exits with their code. So one runner serves both.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, PAGE_PATIENCE_MS } from './browser.ts';
import { DEFAULT_VERSION, installEditor } from './install-editor.ts';
import { installExtension } from './install-extension.ts';
import { pageAddress } from './page-address.ts';
import { servePageCalls } from './page-calls.ts';
import { type EditorServer, startServer } from './server.ts';
import { inSession, type Session, unlessEnded } from './session.ts';

// Not strict: of VS Code's many options most mean nothing here.
const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
    /** Ours alone: which code-server. */
    'editor-version': { type: 'string' },
  },
});

function text(name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The extension under test, and further ones. A page takes only one that is under development. */
function extensionPaths(): string[] {
  const paths = values.extensionDevelopmentPath ?? [];
  return paths.filter((path) => typeof path === 'string').map((path) => resolve(path));
}

async function main(session: Session): Promise<number> {
  const editor = await installEditor(text('editor-version') ?? DEFAULT_VERSION, session.signal);
  const browser = await launchBrowser();
  session.atEnd(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PAGE_PATIENCE_MS);
  const calls = await servePageCalls(session.folder, page);
  session.atEnd(() => calls.close());
  const folderFor = (name: string): string => {
    const folder = resolve(text(name) ?? join(session.folder, name));
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const extensionsDir = folderFor('extensions-dir');
  const [extension, ...fixtures] = extensionPaths();
  for (const path of fixtures) installExtension(path, extensionsDir);
  const server = await startServer({
    editor,
    folder: session.folder,
    userDataDir: folderFor('user-data-dir'),
    extensionsDir,
    // Without a gallery, nothing asks the network for updates of the extensions that come along.
    env: { EDITOR_TEST_PAGE: calls.address, EXTENSIONS_GALLERY: '{}' },
    signal: session.signal,
  });
  session.atEnd(() => server.stop());
  const tests = text('extensionTestsPath');
  const address = pageAddress(server, {
    workspace: positionals[0] === undefined ? undefined : resolve(positionals[0]),
    extension,
    tests: tests === undefined ? undefined : resolve(tests),
  });
  const patience = Number(process.env.EDITOR_TEST_TIMEOUT ?? Infinity);
  const signal = Number.isFinite(patience)
    ? AbortSignal.any([session.signal, AbortSignal.timeout(patience)])
    : session.signal;
  return await unlessEnded(signal, openWorkbench(browser, page, server, address));
}

/** What the workbench logs, which is a lot: runSuite() has a channel of its own for what the tests say. */
const journal = {
  isQuiet: process.env.EDITOR_TEST_RESULTS !== undefined && process.env.EDITOR_TEST_VERBOSE === undefined,
  recent: [] as string[],
  add(line: string): void {
    if (!this.isQuiet) console.log(line);
    else if (this.recent.push(line) > 30) this.recent.shift();
  },
};

/** @returns the exit code of the tests */
async function openWorkbench(
  browser: Browser,
  page: Page,
  server: EditorServer,
  address: string,
): Promise<number> {
  // VS Code calls both, if the page has them. The extension host's console arrives in the first.
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    journal.add(format(...args));
  });
  return await new Promise<number>((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(what));
    page.once('crash', () => fail('The page crashed.'));
    browser.once('disconnected', () => fail('The browser ended.'));
    void server.ended.then((words) => fail(`The VS Code server is gone. ${words}`));
    page
      .exposeFunction('codeAutomationExit', resolve)
      .then(() => page.goto(address))
      .catch(reject);
  });
}

try {
  process.exitCode = await inSession(main, { endsWithInput: true });
} catch (error) {
  for (const line of journal.recent) console.error(line);
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
