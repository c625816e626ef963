import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { removeFolder } from '../../src/base/remove-folder.ts';
import { desktopExecutable } from './desktop.ts';
import { DEFAULT_VERSION } from './install-editor.ts';
import { READABLE, writeSettings } from './profile.ts';
import { receiveEvents, type TestEvent, type TestResult } from './results.ts';

const root = join(import.meta.dirname, '..', '..');

/** A chat in agent mode is one of VS Code's own agent mode, with a model of an extension; see test/agent-host for others. */
const LOCAL_HARNESS = { 'chat.defaultToCopilotHarness': false };

export interface SuiteOptions {
  /** Version of code-server. Ignored by a desktop VS Code. */
  readonly version?: string;
  /** The extension under test. */
  readonly extensionPath: string;
  /** The bundle from bundleTests(). */
  readonly testsPath: string;
  /** Folders of further extensions. The content of their `profile` folder goes into the user's profile. */
  readonly fixtures?: readonly string[];
  /** Folder to open. The editor opens a copy, so tests may write. The default is an empty folder. */
  readonly workspace?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Called before the editor starts, with the folders that it will open and use. */
  readonly prepare?: (folders: { readonly workspace: string; readonly userDataDir: string }) => void;
  /** Environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where `screenshot()` puts its files. */
  readonly screenshots?: string;
  /** Timeout of the whole run, in ms. The default is 14 minutes, a little less than a test may take. */
  readonly timeout?: number;
  readonly onEvent?: (event: TestEvent) => void;
}

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly results: readonly TestResult[];
}

/**
 * Runs tests inside a VS Code with a fresh profile: a desktop one if VSCODE_EXECUTABLE names it, otherwise the one
 * from npm. If it exits early, the current test has failed.
 */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  // Resolved, because the editor resolves it as well and tests compare paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'test-')));
  const remove = (): void => removeFolder(folder, { maxRetries: 5 });
  // After Ctrl+C, runTests() ends this process. The editor's process follows when its input closes.
  const exit = (): never => process.exit(1);
  process.once('exit', remove).once('SIGTERM', exit);
  const results: TestResult[] = [];
  const progress = { running: 'the start', isDone: false };
  const events = await receiveEvents(folder, (event) => {
    if (event.kind === 'start') progress.running = event.name;
    if (event.kind === 'end') results.push(event.result);
    if (event.kind === 'done') progress.isDone = true;
    options.onEvent?.(event);
  });
  try {
    const end = await runEditor(folder, options, events.address).catch((error: unknown) => error);
    if (!progress.isDone) {
      results.push({
        name: progress.running,
        durationMs: 0,
        error: `The editor ended during it (${String(end)}).`,
      });
    }
    const failed = results.filter(({ error }) => error !== undefined).length;
    const skipped = results.filter(({ skipped }) => skipped !== undefined).length;
    return { passed: results.length - failed - skipped, failed, skipped, results };
  } finally {
    events.close();
    remove();
    process.off('exit', remove).off('SIGTERM', exit);
  }
}

async function runEditor(folder: string, options: SuiteOptions, results: string): Promise<number> {
  const workspace = join(folder, 'workspace');
  const userDataDir = join(folder, 'user');
  const screenshots = options.screenshots ?? join(root, 'dist', 'test', 'screenshots');
  for (const each of [workspace, screenshots]) mkdirSync(each, { recursive: true });
  if (options.workspace !== undefined) cpSync(options.workspace, workspace, { recursive: true });
  writeSettings(userDataDir, { ...READABLE, ...LOCAL_HARNESS, ...options.settings });
  for (const fixture of options.fixtures ?? []) {
    const profile = join(fixture, 'profile');
    if (existsSync(profile)) cpSync(profile, join(userDataDir, 'User'), { recursive: true });
  }
  const shim = join(import.meta.dirname, process.platform === 'win32' ? 'vscode.cmd' : 'vscode');
  options.prepare?.({ workspace, userDataDir });
  const desktop = desktopExecutable();
  return await runTests({
    vscodeExecutablePath: desktop ?? shim,
    extensionDevelopmentPath: [options.extensionPath, ...(options.fixtures ?? [])],
    extensionTestsPath: options.testsPath,
    extensionTestsEnv: {
      TEST_NODE: process.execPath,
      EDITOR_TEST_RESULTS: results,
      EDITOR_TEST_SCREENSHOTS: screenshots,
      EDITOR_TEST_TIMEOUT: String(options.timeout ?? 14 * 60_000),
      ...options.env,
    },
    launchArgs: [
      workspace,
      `--user-data-dir=${userDataDir}`,
      `--extensions-dir=${join(folder, 'extensions')}`,
      ...(desktop === undefined ? [`--editor-version=${options.version ?? DEFAULT_VERSION}`] : []),
    ],
  });
}
