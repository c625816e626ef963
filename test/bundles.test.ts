import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { Script } from 'node:vm';
import type { Metafile } from 'esbuild';
import { METAFILE, staticChunks } from '../build.ts';
import { DIST } from './support/mcp-session.ts';

const { outputs } = JSON.parse(readFileSync(METAFILE, 'utf8')) as Metafile;
const EXTENSION = 'dist/extension.js';

/** The source files in bundles, as paths from the root of the repository. */
function sourcesOf(files: Iterable<string>): string[] {
  return [...files].flatMap((file) => Object.keys(outputs[file]!.inputs));
}

// Of the packages, activation needs the widths of characters, which the rows and terminals of jobs use.
test('activation loads one file, without other packages and without the job manager', () => {
  assert.deepEqual([...staticChunks(outputs, EXTENSION)], []);
  const sources = sourcesOf([EXTENSION]);
  assert.ok(sources.includes('src/ui/tree/job-tree.ts'));
  assert.deepEqual(
    sources.filter((path) =>
      /^node_modules\/(?!get-east-asian-width\/)|^src\/jobs\/manager\.ts$|^src\/mcp\/(?!attach)/.test(path),
    ),
    [],
  );
});

test('no file of the extension host contains code of the runner', () => {
  const files = new Set([EXTENSION]);
  for (const file of files) {
    for (const { path } of outputs[file]!.imports) if (outputs[path] !== undefined) files.add(path);
  }
  const sources = sourcesOf(files);
  assert.ok(sources.includes('src/jobs/manager.ts'));
  assert.deepEqual(
    sources.filter((path) => path.startsWith('src/runner/')),
    [],
  );
});

test('every file that is imported exists', () => {
  for (const [file, { imports }] of Object.entries(outputs)) {
    for (const { path } of imports) {
      assert.ok(isBuiltin(path) || outputs[path] !== undefined, `${file} imports ${path}`);
    }
  }
});

test('imports only files that exist, in the files as they are on disk', () => {
  const files = readdirSync(DIST).filter((name) => name.endsWith('.js'));
  for (const file of files) {
    const code = readFileSync(join(DIST, file), 'utf8');
    for (const [, from = ''] of code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"\.\/([\w-]+\.js)"/g)) {
      assert.ok(files.includes(from), `${file} imports ${from}`);
    }
  }
});

test('the runner and the workers are one file each and load nothing later', () => {
  for (const name of ['runner', 'search', 'policy', 'problems']) {
    const imports = outputs[`dist/${name}.js`]!.imports.map(({ path }) => path);
    assert.deepEqual(
      imports.filter((path) => !isBuiltin(path)),
      [],
      name,
    );
  }
});

test('the command of the package is a script that an old Node can parse', () => {
  const path = join(DIST, 'stdio.js');
  // A classic script cannot have static imports.
  assert.doesNotThrow(() => new Script(readFileSync(path, 'utf8'), { filename: path }));
});
