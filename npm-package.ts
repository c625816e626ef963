// Writes the npm package with the command to dist/npm/, from dist/ as it is, and packs it: `npm run package:npm`.
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { oldBundles } from './build.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');

/** The name of the package, which `npx` takes. The command keeps its own name. */
const NPM_NAME = 'background-jobs-mcp';
const COMMAND = 'background-jobs';

/** The page of a job in the chat. Its clients connect to the command, too. */
const CARD = 'job-card.html';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  /** A release has them. */
  readonly repository?: { readonly url: string };
  readonly bugs?: unknown;
  readonly homepage?: string;
}

const DESCRIPTION =
  'Runs shell commands as background jobs for MCP clients: servers, watchers, builds, tests.';

/** Writes the package to a new folder. */
export async function stageNpmPackage(folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const old = new Set(oldBundles(dist));
  for (const name of await readdir(dist)) {
    if (old.has(name)) continue;
    // Of the extension, nothing runs outside of VS Code.
    const isScript = name.endsWith('.js') && !name.startsWith('extension');
    if (isScript || name === CARD) await cp(join(dist, name), join(folder, name));
  }
  await chmod(join(folder, 'stdio.js'), 0o755);
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await cp(join(root, 'docs', 'npx.md'), join(folder, 'README.md'));
  await writeJson(join(folder, 'package.json'), npmManifest(manifest));
  const server = serverManifest(manifest);
  if (server !== undefined) await writeJson(join(folder, 'server.json'), server);
}

/** Returns the manifest of the package. */
export function npmManifest(manifest: Manifest): Record<string, unknown> {
  const { version, license, keywords, engines, devDependencies, repository, bugs, homepage } = manifest;
  const name = registryName(manifest);
  return {
    ...{ name: NPM_NAME, version, description: DESCRIPTION, license, keywords },
    // The registry of MCP servers compares it with server.json.
    ...(name !== undefined && { mcpName: name }),
    ...(repository !== undefined && { repository, bugs, homepage }),
    type: 'module',
    bin: { [COMMAND]: 'stdio.js', [NPM_NAME]: 'stdio.js' },
    engines: { node: engines.node },
    // Jobs with a terminal need it, and on Windows all jobs.
    optionalDependencies: { koffi: devDependencies.koffi },
  };
}

/**
 * Returns server.json, with which the registry of MCP servers lists the package. Undefined without a public repository,
 * since that proves whose the name is.
 */
export function serverManifest(manifest: Manifest): Record<string, unknown> | undefined {
  const name = registryName(manifest);
  if (name === undefined) return undefined;
  const { version, homepage } = manifest;
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    ...{ name, title: 'Background Jobs', description: DESCRIPTION, version },
    repository: { url: homepage?.replace(/#.*$/, ''), source: 'github' },
    packages: [
      {
        registryType: 'npm',
        identifier: NPM_NAME,
        version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
      },
    ],
  };
}

/** The namespace `io.github.<owner>` belongs to the owner of the repository. */
function registryName({ repository }: Manifest): string | undefined {
  const owner = /^git\+https:\/\/github\.[^/]+\/([^/]+)\//.exec(repository?.url ?? '')?.[1];
  return owner === undefined ? undefined : `io.github.${owner}/${COMMAND}`;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Packs a folder. @returns the path of the package */
export async function packFolder(folder: string, destination: string): Promise<string> {
  const args = ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', destination];
  const { stdout } = await promisify(execFile)('npm', args, { shell: process.platform === 'win32' });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return join(destination, filename);
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(dist, 'npm');
  await stageNpmPackage(folder);
  console.log(await packFolder(folder, dist));
}
