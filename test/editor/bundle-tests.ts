import { join, relative } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

/** Bundles test files and the `run()` that VS Code calls into one CommonJS file, the format in which VS Code loads tests. */
export async function bundleTests(files: readonly string[], outfile: string): Promise<string> {
  const imports = files.map(
    (file) => `import ${JSON.stringify(`./${relative(root, file).replaceAll('\\', '/')}`)};`,
  );
  await build({
    stdin: {
      contents: [...imports, "export { run } from './test/editor/inside/run.ts';"].join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    inject: [join(import.meta.dirname, 'inside', 'console.ts')],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
