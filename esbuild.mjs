// Bundles each process of the product into one file of dist/. `--production` minifies, `--watch` rebuilds.
import { readFileSync } from 'node:fs';
import { build, context } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const production = process.argv.includes('--production');

/** @type {import('esbuild').BuildOptions} */
const options = {
  entryPoints: {
    extension: 'src/extension.ts',
    jobs: 'src/jobs/manager.ts',
    mcp: 'src/mcp/endpoint.ts',
    link: 'src/runner/runner-link.ts',
    policy: 'src/jobs/policy/policy-worker.ts',
    runner: 'src/runner/main.ts',
    start: 'src/ui/start/main.ts',
    search: 'src/output/search-worker.ts',
    stdio: 'src/mcp/stdio.ts',
  },
  outdir: 'dist',
  bundle: true,
  external: ['vscode'],
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { VERSION: JSON.stringify(version) },
  minify: production,
  sourcemap: !production,
  logLevel: 'warning',
};

if (process.argv.includes('--watch')) {
  await (await context(options)).watch();
} else {
  await build(options);
}
