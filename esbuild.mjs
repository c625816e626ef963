// Bundles each process of the product into files of dist/. `--production` minifies, `--watch` rebuilds.
import { chmodSync, readFileSync } from 'node:fs';
import { build, context } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const production = process.argv.includes('--production');

/**
 * One import of the API of VS Code for a bundle. For each import of a CommonJS module esbuild copies all its properties,
 * and this one has hundreds: with an import a file they were half of what it takes to load the extension.
 *
 * @type {import('esbuild').Plugin}
 */
const importOnce = {
  name: 'import vscode once',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === 'once' ? { path: 'vscode', external: true } : { path: 'vscode', namespace: 'once' },
    );
    onLoad({ filter: /^vscode$/, namespace: 'once' }, () => ({ contents: `export * from 'vscode';` }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const common = {
  outdir: 'dist',
  bundle: true,
  plugins: [importOnce],
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { VERSION: JSON.stringify(version) },
  minify: production,
  sourcemap: !production,
  logLevel: 'warning',
};

/** Runs on any Node: what follows it in the file is not run on one that is too old. */
const NODE_CHECK = `if (parseInt(process.versions.node, 10) < 20) {
  console.error('background-jobs: Error: This is Node ' + process.versions.node + '. Run it with Node 20 or newer.');
  process.exit(1);
}`;

const builds = [
  {
    ...common,
    entryPoints: {
      attach: 'src/mcp/attach/index.ts',
      bridge: 'src/mcp/attach/stdio-bridge.ts',
      clients: 'src/ui/clients/copy-configuration.ts',
      extension: 'src/extension.ts',
      jobs: 'src/jobs/manager.ts',
      mcp: 'src/mcp/transports/http-endpoint.ts',
      link: 'src/jobs/runners/runner-link.ts',
      policy: 'src/policy/policy-worker.ts',
      runner: 'src/runner/main.ts',
      start: 'src/ui/start/index.ts',
      search: 'src/log/search/search-worker.ts',
      server: 'src/cli/stdio-server.ts',
    },
  },
  // An old Node must be able to read it to the end, or it would not run the check.
  { ...common, entryPoints: { stdio: 'src/cli/main.ts' }, target: 'node8', banner: { js: NODE_CHECK } },
];

for (const options of builds) {
  if (process.argv.includes('--watch')) await (await context(options)).watch();
  else await build(options);
}
// It is the command of the package; esbuild writes into a file that is there, and leaves its mode.
if (!process.argv.includes('--watch')) chmodSync(new URL('dist/stdio.js', import.meta.url), 0o755);
