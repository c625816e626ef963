// Packages dist/ as VSIX files: `npm run package` for this system, `npm run package -- linux-arm64 universal` for others,
// `npm run package -- --all` for all.
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { oldBundles } from './build.ts';
import { copyKoffi } from './native-modules.ts';
import { currentTarget, NATIVE_TARGETS, UNIVERSAL } from './native-targets.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');

/** vsce renames these files, and most file systems on Linux are case-sensitive. So links to them are changed. */
const RENAMED = new Map([
  ['README.md', 'readme.md'],
  ['CHANGELOG.md', 'changelog.md'],
  ['LICENSE', 'LICENSE.txt'],
]);

/** All packages: one for each system, and one without native code. */
export const PACKAGES: readonly string[] = [...Object.keys(NATIVE_TARGETS), UNIVERSAL];

/** Returns the name of the package for a target. */
export async function packageName(target: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return target === UNIVERSAL ? `${name}-${version}.vsix` : `${name}-${target}-${version}.vsix`;
}

/**
 * Packages the extension for a target, from dist/ as it is.
 *
 * @returns the path of the package
 */
export async function packageExtension(target: string, folder: string): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'background-jobs-package-'));
  try {
    const cwd = join(temporary, 'extension');
    await stage(target, cwd);
    const ignoreFile = join(temporary, 'include-all');
    await writeFile(ignoreFile, '!**\n');
    const packagePath = join(folder, await packageName(target));
    await createVSIX({
      ...{ cwd, packagePath, ignoreFile, dependencies: false, rewriteRelativeLinks: false },
      ...(target !== UNIVERSAL && { target }),
      // The release fills in the repository, and refuses to publish without it.
      allowMissingRepository: true,
    });
    return packagePath;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Copies the files of a package to a new folder, under the names that they will have in it. */
async function stage(target: string, folder: string): Promise<void> {
  const old = new Set(oldBundles(dist).map((name) => `dist/${name}`));
  const found = await listFiles({ cwd: root, packageManager: PackageManager.None });
  const files = found.filter((file) => !old.has(file.replaceAll('\\', '/')));
  for (const file of files) {
    const path = join(folder, RENAMED.get(file) ?? file);
    await mkdir(dirname(path), { recursive: true });
    if (file.endsWith('.md'))
      await writeFile(path, renameLinks(file, await readFile(join(root, file), 'utf8')));
    else await cp(join(root, file), path);
  }
  // The command is installed with the extension, too.
  await chmod(join(folder, 'dist', 'stdio.js'), 0o755);
  const native = NATIVE_TARGETS[target];
  if (native !== undefined) await copyKoffi(native, join(folder, 'dist', 'node_modules'));
}

/** Changes the links of a document to renamed files. @param from path of the document */
function renameLinks(from: string, markdown: string): string {
  return markdown.replaceAll(/(?<=\]\()([\w./-]+)(?=[#)])/g, (link) => {
    const renamed = RENAMED.get(posix.join(posix.dirname(from), link));
    return renamed === undefined ? link : posix.join(posix.dirname(link), renamed);
  });
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { all: { type: 'boolean' } },
  });
  const targets = values.all === true ? PACKAGES : positionals.length > 0 ? positionals : [currentTarget()];
  const unknown = targets.filter((target) => !PACKAGES.includes(target));
  if (unknown.length > 0) {
    console.error(`There is no target ${unknown.join(', ')}. Use ${PACKAGES.join(', ')}, or --all.`);
    process.exit(1);
  }
  // `code --install-extension dist/*.vsix` must find no older ones.
  for (const name of await readdir(dist)) if (name.endsWith('.vsix')) await rm(join(dist, name));
  for (const target of targets) await packageExtension(target, dist);
}
