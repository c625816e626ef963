import { join, relative } from 'node:path';
import { build } from 'rolldown';

const root = join(import.meta.dirname, '..', '..');
const ENTRY = '\0tests';

/** Bundles test files and the `run()` that VS Code calls into one CommonJS file, the format that VS Code loads tests in. */
export async function bundleTests(files: readonly string[], outfile: string): Promise<string> {
  const imports = files.map(
    (file) => `import ${JSON.stringify(`./${relative(root, file).replaceAll('\\', '/')}`)};`,
  );
  const entry = [...imports, "export { run } from './test/editor/inside/run.ts';"].join('\n');
  await build({
    cwd: root,
    input: ENTRY,
    platform: 'node',
    external: ['vscode'],
    tsconfig: false,
    plugins: [
      {
        name: 'entry',
        resolveId(id, importer) {
          if (id === ENTRY) return id;
          return importer === ENTRY ? this.resolve(join(root, id)) : undefined;
        },
        load: (id) => (id === ENTRY ? entry : undefined),
      },
    ],
    transform: {
      target: 'node22',
      inject: { console: [join(import.meta.dirname, 'inside', 'console.ts'), 'console'] },
    },
    output: { file: outfile, format: 'cjs', codeSplitting: false, sourcemap: 'inline' },
    logLevel: 'warn',
  });
  return outfile;
}
