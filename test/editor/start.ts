// `npm start`: a VS Code with the extension and a small project to try it on. It is a desktop VS Code if there
// is one and a screen, otherwise the one from npm, for a browser.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findDesktop } from './desktop.ts';
import { DEFAULT_VERSION, installEditor } from './install-editor.ts';
import { endRunners } from './job-storages.ts';
import { pageAddress } from './page-address.ts';
import { writeSettings } from './profile.ts';
import { startServer } from './server.ts';
import { inSession, type Session, unlessEnded } from './session.ts';

const root = join(import.meta.dirname, '..', '..');
const hasScreen =
  process.platform === 'win32' ||
  process.platform === 'darwin' ||
  Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
const SETTINGS = { 'workbench.startupEditor': 'readme' };

interface Profile {
  readonly workspace: string;
  readonly userDataDir: string;
  readonly extensionsDir: string;
}

async function start(session: Session): Promise<void> {
  const profile = {
    workspace: join(session.folder, 'sample-workspace'),
    userDataDir: join(session.folder, 'user'),
    extensionsDir: join(session.folder, 'extensions'),
  };
  cpSync(join(import.meta.dirname, 'sample-workspace'), profile.workspace, { recursive: true });
  mkdirSync(profile.extensionsDir);
  writeSettings(profile.userDataDir, SETTINGS);
  const desktop = hasScreen ? (process.env.VSCODE_EXECUTABLE ?? findDesktop()) : undefined;
  await (desktop === undefined
    ? startInBrowser(session, profile)
    : startOnDesktop(session, profile, desktop));
}

async function startOnDesktop(session: Session, profile: Profile, executable: string): Promise<void> {
  const { workspace, userDataDir, extensionsDir } = profile;
  console.log(
    'Background Jobs runs in the VS Code window that opens now. Close it, or press Ctrl+C here, to end.',
  );
  const editor = spawn(
    executable,
    [
      workspace,
      `--extensionDevelopmentPath=${root}`,
      `--user-data-dir=${userDataDir}`,
      `--extensions-dir=${extensionsDir}`,
      '--disable-workspace-trust',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(editor, 'exit');
  session.atEnd(() => endRunners(userDataDir));
  session.atEnd(async () => {
    if (editor.exitCode !== null || editor.signalCode !== null) return;
    editor.kill();
    await ended;
  });
  await unlessEnded(session.signal, ended);
}

async function startInBrowser(session: Session, profile: Profile): Promise<void> {
  const { workspace, userDataDir, extensionsDir } = profile;
  const editor = await installEditor(DEFAULT_VERSION, session.signal);
  const { folder, signal } = session;
  const server = await startServer({ editor, folder, userDataDir, extensionsDir, signal });
  session.atEnd(() => server.stop());
  const address = pageAddress(server, { workspace, extension: root });
  console.log(`Background Jobs runs in VS Code at\n\n  ${address}\n`);
  console.log(
    'Open it in a browser on this machine; the icon is in the bar at the left. Ctrl+C here ends it.',
  );
  if (hasScreen && process.env.CI === undefined) openInBrowser(address);
  const words = await unlessEnded(signal, server.ended);
  throw new Error(`The VS Code server is gone. ${words}`);
}

/** Opens the address if there is a program for that. Otherwise the user has the address. */
function openInBrowser(address: string): void {
  const opener = { win32: 'explorer', darwin: 'open' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [address], { detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}

try {
  await inSession(start);
} catch (error) {
  const isAskedFor = error instanceof Error && error.message.startsWith('Ended by');
  if (!isAskedFor) console.error(error);
  process.exitCode = isAskedFor ? 0 : 1;
}
