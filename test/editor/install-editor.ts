import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce } from './cache.ts';
import { installNode } from './install-node.ts';
import { installPackages, npmInstall } from './npm-install.ts';

/** Version of code-server, which numbers VS Code 1.139 as 4.139. */
export const DEFAULT_VERSION = '4.139.1';

export interface Editor {
  /** The folder that holds VS Code's `out/server-main.js`. */
  readonly vscode: string;
  /** The Node that runs it. */
  readonly node: string;
}

/**
 * Installs a real VS Code from the npm registry: the server build, which code-server publishes. It is the whole
 * product with a browser instead of Electron. The desktop editor is downloaded from another site,
 * which not every machine can reach.
 */
export async function installEditor(version: string, signal: AbortSignal): Promise<Editor> {
  const folder = await installOnce(`code-server-${version}`, async (draft) => {
    console.log(`Installing code-server ${version} from npm …`);
    await installPackages(draft, signal, `code-server@${version}`);
    const codeServer = join(draft, 'node_modules', 'code-server');
    renameSync(join(codeServer, 'lib', 'vscode'), join(draft, 'vscode'));
    renameSync(join(codeServer, 'package.json'), join(draft, 'code-server.json'));
    // The rest is code-server's own login and proxy, which the tests do not need.
    rmSync(join(draft, 'node_modules'), { recursive: true });
    await installDependencies(join(draft, 'vscode'), signal);
  });
  const manifest = JSON.parse(readFileSync(join(folder, 'code-server.json'), 'utf8')) as {
    engines: { node: string };
  };
  useSqliteStandIn(join(folder, 'vscode'));
  return { vscode: join(folder, 'vscode'), node: await installNode(manifest.engines.node, signal) };
}

/**
 * Without their scripts, native modules are not compiled. Most of the important ones (node-pty, the file watcher)
 * include binaries. The logger has a stand-in, and VS Code works without the others.
 */
async function installDependencies(vscode: string, signal: AbortSignal): Promise<void> {
  useRegistry(vscode);
  await npmInstall(vscode, signal);
  for (const name of ['@vscode/spdlog', 'spdlog']) {
    const main = join(vscode, 'node_modules', name, 'index.js');
    if (existsSync(main)) copyFileSync(join(import.meta.dirname, 'spdlog-stand-in.cjs'), main);
  }
}

/** The Agent Host keeps its sessions in a database. An editor that was installed earlier gets the stand-in, too. */
function useSqliteStandIn(vscode: string): void {
  const main = join(vscode, 'node_modules', '@vscode', 'sqlite3', 'lib', 'sqlite3.js');
  const standIn = readFileSync(join(import.meta.dirname, 'sqlite-stand-in.cjs'), 'utf8');
  if (!existsSync(main) || readFileSync(main, 'utf8') === standIn) return;
  // Another test run may be reading it.
  writeFileSync(`${main}.${process.pid}`, standIn);
  renameSync(`${main}.${process.pid}`, main);
}

/** Some versions take a package from a commit on GitHub. The one in the registry works as well. */
function useRegistry(vscode: string): void {
  interface Manifest {
    dependencies: Record<string, string>;
  }
  interface Lock {
    packages: Record<string, (Manifest & { resolved?: string }) | undefined>;
  }
  const read = (name: string): unknown => JSON.parse(readFileSync(join(vscode, name), 'utf8'));
  const manifest = read('package.json') as Manifest;
  const lock = read('npm-shrinkwrap.json') as Lock;
  for (const [name, wanted] of Object.entries(manifest.dependencies)) {
    if (!wanted.includes('#')) continue;
    manifest.dependencies[name] = '*';
    lock.packages['']!.dependencies[name] = '*';
    lock.packages[`node_modules/${name}`] = undefined;
  }
  writeFileSync(join(vscode, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(vscode, 'npm-shrinkwrap.json'), JSON.stringify(lock));
}
