// Bundles src/ into dist/. `--production` minifies, `--watch` builds again after each change.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { build, type BuildOptions, context, type Metafile, type Plugin } from 'esbuild';
import { KOFFI_FILES } from './native-modules.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
const isProduction = process.argv.includes('--production');

const IMPORT = "import * as vscode from 'vscode';";
const API = 'vscode-api';

/**
 * Gets the API of VS Code by `require`. For an import, VS Code generates a module with one export for each of the
 * hundreds of names in the API, and activation takes 5 ms longer.
 */
const requireVscode: Plugin = {
  name: 'require vscode',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      return { contents: code.replace(IMPORT, `import { vscode } from '${API}';`), loader: 'ts' };
    });
    build.onResolve({ filter: /^vscode$/ }, () => ({
      errors: [{ text: `VS Code is imported as follows: ${IMPORT}` }],
    }));
    build.onResolve({ filter: new RegExp(`^${API}$`) }, () => ({ path: API, namespace: API }));
    build.onLoad({ filter: /./, namespace: API }, () => ({
      contents: `import { createRequire } from 'node:module';
        export const vscode = createRequire(import.meta.url)('vscode');`,
    }));
  },
};

/** Turns each `require` of a module of Node in a CommonJS package into an import: ES modules have no `require`. */
const importBuiltins: Plugin = {
  name: 'import builtins',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `export * from '${path}';`,
    }));
  },
};

let running = 0;

/** Prints the lines that the problem matcher of the `watch` task looks for. Several builds count as one. */
const announce: Plugin = {
  name: 'announce',
  setup(build) {
    build.onStart(() => {
      if (running++ === 0) console.log('[watch] build started');
    });
    build.onEnd(() => {
      if (--running === 0) console.log('[watch] build finished');
    });
  },
};

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  plugins: [requireVscode, importBuiltins],
  define: { VERSION: JSON.stringify(version) },
  minify: isProduction,
  sourcemap: !isProduction,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * A build for each process, so that each starts with one file. Code behind an import() gets files of its own, except in
 * the runner and the workers. The runner must load nothing after its start, since an update may delete its folder.
 */
const builds: readonly (Omit<typeof common, 'splitting'> & BuildOptions)[] = Object.entries({
  extension: 'src/extension.ts',
  'command-line': 'src/cli/command-line.ts',
  runner: 'src/runner/main.ts',
  search: 'src/log/search/search-worker.ts',
  policy: 'src/policy/policy-worker.ts',
  problems: 'src/problems/scan-worker.ts',
}).map(([name, path]) => ({
  ...common,
  entryPoints: { [name]: path },
  chunkNames: `${name}-[name]-[hash]`,
  // Code behind an import() stays in the file, and is evaluated then.
  splitting: name === 'extension' || name === 'command-line',
}));

/** The command of the package: copied as it is, since an old Node must be able to parse it. */
function copyCommand(): void {
  const command = join(dist, 'stdio.js');
  mkdirSync(dist, { recursive: true });
  copyFileSync(join(root, 'src/cli/stdio.js'), command);
  chmodSync(command, 0o755);
}

/**
 * Copies koffi, which terminals need, as far as it is needed at run time: its loader, and its binaries for this system. It is
 * a native module, so it cannot be bundled. Packages get the binary of their own system instead (package.ts).
 */
function copyNativeModules(): void {
  const target = join(dist, 'node_modules');
  rmSync(target, { recursive: true, force: true });
  for (const path of [...KOFFI_FILES, '@koromix']) {
    const source = join(root, 'node_modules', path);
    if (existsSync(source)) cpSync(source, join(target, path), { recursive: true });
  }
}

/** The pages, by their folder in src/pages. */
const PAGES = { card: 'job-card', details: 'job-details' } as const;

/** Makes a page: one file with its script and style, and a policy that allows nothing else. */
async function buildPage(parent: string, page: string): Promise<void> {
  const folder = join(root, 'src/pages', parent);
  const bundle = async (name: string): Promise<string> => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [join(folder, name)],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      charset: 'utf8',
      write: false,
      logLevel: 'warning',
    });
    return outputFiles[0]!.text.trim();
  };
  const [script, css] = await Promise.all([bundle(`${page}.ts`), bundle(`${page}.css`)]);
  const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    `default-src 'none'`,
    `script-src ${sourceOf(script)}`,
    `style-src ${sourceOf(css)}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const template = await readFile(join(folder, `${page}.html`), 'utf8');
  const parts: Readonly<Record<string, string>> = {
    '"POLICY"': `"${policy}"`,
    '<!-- STYLE -->': `<style>${css}</style>`,
    '<!-- SCRIPT -->': `<script type="module">${script}</script>`,
  };
  // One pass, since a script may contain anything.
  const html = template.replaceAll(/"POLICY"|<!-- (?:STYLE|SCRIPT) -->/g, (found) => parts[found] ?? '');
  await writeFile(join(dist, `${page}.html`), html);
}

async function buildPages(): Promise<void> {
  await Promise.all(Object.entries(PAGES).map(([folder, page]) => buildPage(folder, page)));
}

type Outputs = Metafile['outputs'];

/** Returns the chunks that a process loads at once when it loads a file, without the file itself. */
export function staticChunks(outputs: Outputs, file: string, found = new Set<string>()): Set<string> {
  for (const { path, kind } of outputs[file]?.imports ?? []) {
    if (kind !== 'import-statement' || outputs[path] === undefined || found.has(path)) continue;
    found.add(path);
    staticChunks(outputs, path, found);
  }
  return found;
}

/**
 * Puts the chunks that an entry loads at once into the entry. esbuild makes a chunk for each combination of files that
 * share code, and each costs about half a millisecond of the activation.
 *
 * @returns the outputs as they are then
 */
async function mergeChunks(outputs: Outputs, entry: string): Promise<Outputs> {
  const merged = [...staticChunks(outputs, entry)];
  const nameIn = (chunk: string, name: string): string => `${name}_${merged.indexOf(chunk)}`;
  const reexports = merged.map((chunk) => {
    const names = outputs[chunk]!.exports.map((name) => `${name} as ${nameIn(chunk, name)}`);
    return `export { ${names.join(', ')} } from './${basename(chunk)}';`;
  });
  const inner = new Set([entry, ...merged].map((path) => `./${basename(path)}`));
  const result = await build({
    absWorkingDir: root,
    stdin: { contents: [`export * from './${basename(entry)}';`, ...reexports].join('\n'), resolveDir: dist },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: isProduction,
    sourcemap: isProduction ? false : 'linked',
    outfile: entry,
    write: false,
    plugins: [
      {
        name: 'leave other files outside',
        setup: (build) =>
          build.onResolve({ filter: /^\.\// }, ({ path }) =>
            inner.has(path) ? undefined : { path, external: true },
          ),
      },
    ],
  });
  for (const { path, contents } of result.outputFiles) await writeFile(path, contents);
  const others = Object.keys(outputs).filter(
    (path) => path.endsWith('.js') && path !== entry && !merged.includes(path),
  );
  for (const path of others) {
    const code = await readFile(join(root, path), 'utf8');
    // The form in which esbuild writes imports.
    const changed = code.replaceAll(
      /import\s*\{([^{}]*)\}\s*from\s*"(\.\/[^"]+)"/g,
      (all, names: string, from: string) => {
        const chunk = merged.find((each) => `./${basename(each)}` === from);
        if (chunk === undefined) return all;
        const renamed = names.split(',').map((each) => {
          const [name = '', alias = name] = each.trim().split(/ as /);
          return `${nameIn(chunk, name)} as ${alias}`;
        });
        return `import { ${renamed.join(', ')} } from "./${basename(entry)}"`;
      },
    );
    // Imports without names keep the order of evaluation. The entry has been evaluated before any of its chunks.
    const withoutMerged = changed.replaceAll(/\bimport\s*"(\.\/[^"]+)";?\n?/g, (all, from: string) =>
      merged.some((each) => `./${basename(each)}` === from) ? '' : all,
    );
    await writeFile(join(root, path), withoutMerged);
  }
  for (const chunk of merged) {
    rmSync(join(root, chunk));
    Object.assign(outputs[entry]!.inputs, outputs[chunk]!.inputs);
  }
  for (const output of Object.values(outputs)) {
    output.imports = output.imports.map((each) =>
      merged.includes(each.path) ? { ...each, path: entry } : each,
    );
  }
  outputs[entry]!.imports = [entry, ...merged]
    .flatMap((path) => outputs[path]!.imports)
    .filter(({ path, external }) => external === true || path !== entry);
  return Object.fromEntries(Object.entries(outputs).filter(([path]) => !merged.includes(path)));
}

const METAFILE_NAME = 'metafile.json';
/** Which sources are in which file of dist/, in the format of esbuild. For the tests of the bundles. */
export const METAFILE = join(dist, METAFILE_NAME);

async function buildAll(): Promise<void> {
  removeOldBundles(dist);
  copyCommand();
  copyNativeModules();
  await buildPages();
  const results = await Promise.all(builds.map((options) => build(options)));
  const written = Object.assign({}, ...results.map(({ metafile }) => metafile.outputs)) as Outputs;
  const outputs = await mergeChunks(written, 'dist/extension.js');
  await writeFile(METAFILE, JSON.stringify({ inputs: {}, outputs } satisfies Metafile));
}

/**
 * Returns the bundles in a folder that the last build did not make. Names have hashes in them, so old ones stay.
 *
 * @param folder dist/, or a folder like it
 */
export function oldBundles(folder: string): string[] {
  const made = lastBundles(folder);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /\.js(\.map)?$/.test(name) && !made.has(name.replace(/\.map$/, '')));
}

/** Removes all bundles but those of the last build: a server that runs loads some of them later. */
export function removeOldBundles(folder: string): void {
  for (const name of oldBundles(folder)) rmSync(join(folder, name));
}

function lastBundles(folder: string): ReadonlySet<string> {
  try {
    const { outputs } = JSON.parse(readFileSync(join(folder, METAFILE_NAME), 'utf8')) as Metafile;
    return new Set(['stdio.js', ...Object.keys(outputs).map((path) => basename(path))]);
  } catch {
    // Nothing was built yet.
    return new Set();
  }
}

async function watchAll(): Promise<void> {
  await buildPages();
  copyCommand();
  const contexts = await Promise.all(
    builds.map((options) => context({ ...options, plugins: [...options.plugins, announce] })),
  );
  await Promise.all(contexts.map((each) => each.watch()));
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--watch')) await watchAll();
  else await buildAll();
}
