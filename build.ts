// Bundles src/ into dist/. `--production` minifies, `--watch` builds again after each change.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown, watch, type Plugin, type RolldownOptions } from 'rolldown';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const isProduction = process.argv.includes('--production');

const IMPORT = "import * as vscode from 'vscode';";
const API = 'vscode-api';

/**
 * Gets the API of VS Code by `require`. For an import, VS Code generates a module with one export for each of the
 * hundreds of names in the API, and activation takes 5 ms longer.
 */
const requireVscode: Plugin = {
  name: 'require vscode',
  transform: {
    filter: { id: /[\\/]src[\\/].*\.ts$/ },
    handler: (code) =>
      code.includes(IMPORT)
        ? { code: code.replace(IMPORT, `import { vscode } from '${API}';`), map: null }
        : undefined,
  },
  resolveId(id) {
    if (id === 'vscode') this.error(`VS Code is imported as follows: ${IMPORT}`);
    return id === API ? `\0${API}` : undefined;
  },
  load: (id) =>
    id === `\0${API}`
      ? `import { createRequire } from 'node:module';
         export const vscode = createRequire(import.meta.url)('vscode');`
      : undefined,
};

const common = {
  cwd: root,
  platform: 'node',
  plugins: [requireVscode],
  tsconfig: false,
  transform: { target: 'node20', define: { VERSION: JSON.stringify(version) } },
  output: {
    dir: dist,
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    minify: isProduction,
    sourcemap: !isProduction,
  },
} satisfies RolldownOptions;

/**
 * A build for each process, so that each starts with one file. Code behind an import() gets files of its own, except in
 * the runner and the workers. The runner must load nothing after its start, since an update may delete its folder.
 */
export const builds = Object.entries({
  extension: 'src/extension.ts',
  'command-line': 'src/cli/command-line.ts',
  runner: 'src/runner/main.ts',
  search: 'src/log/search/search-worker.ts',
  policy: 'src/policy/policy-worker.ts',
}).map(([name, path]) => ({
  ...common,
  input: { [name]: path },
  // Code that two files share may be in the first of them.
  preserveEntrySignatures: 'allow-extension' as const,
}));

/** The command of the package: copied as it is, since an old Node must be able to parse it. */
function copyCommand(): void {
  const command = join(dist, 'stdio.js');
  mkdirSync(dist, { recursive: true });
  copyFileSync(join(root, 'src/cli/stdio.js'), command);
  chmodSync(command, 0o755);
}

async function buildAll(): Promise<void> {
  copyCommand();
  const written = new Set(['stdio.js']);
  for (const { output, ...input } of builds) {
    const bundle = await rolldown(input);
    for (const { fileName } of (await bundle.write(output)).output) written.add(fileName);
    await bundle.close();
  }
  for (const name of readdirSync(dist)) {
    if (/\.js(\.map)?$/.test(name) && !written.has(name)) rmSync(join(dist, name));
  }
}

/** Prints the lines that the problem matcher of the `watch` task looks for. */
function watchAll(): void {
  copyCommand();
  watch(builds).on('event', (event) => {
    if (event.code === 'START') console.log('[watch] build started');
    if (event.code === 'ERROR') console.error(event.error.message);
    if (event.code === 'END') console.log('[watch] build finished');
  });
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--watch')) watchAll();
  else await buildAll();
}
