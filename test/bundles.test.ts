import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Script } from 'node:vm';
import { rolldown, type OutputChunk } from 'rolldown';
import { builds } from '../build.ts';
import { DIST } from './support/mcp-session.ts';

const chunks = new Map<string, OutputChunk>();

before(async () => {
  for (const { output, ...input } of builds) {
    const bundle = await rolldown(input);
    for (const each of (await bundle.generate(output)).output) {
      if (each.type === 'chunk') chunks.set(each.fileName, each);
    }
    await bundle.close();
  }
});

/** The files that a process loads at once when it loads a file. */
function staticGraph(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file) || !chunks.has(file)) return found;
  found.add(file);
  for (const imported of chunks.get(file)!.imports) staticGraph(imported, found);
  return found;
}

/** The source files and packages in bundles, as paths that begin at the root of the repository. */
function modulesOf(files: Iterable<string>): string[] {
  return [...files]
    .flatMap((file) => chunks.get(file)!.moduleIds)
    .map((id) => id.replaceAll('\\', '/').replace(/^.*?\/((?:src|node_modules)\/)/, '$1'));
}

test('activation loads one file, without packages and without the job manager', () => {
  const files = staticGraph('extension.js');
  assert.deepEqual([...files], ['extension.js']);
  const modules = modulesOf(files);
  assert.ok(modules.includes('src/ui/tree/job-tree.ts'));
  assert.deepEqual(
    modules.filter((id) => /^node_modules\/|^src\/jobs\/manager\.ts$|^src\/mcp\/(?!attach)/.test(id)),
    [],
  );
});

test('no file of the extension host contains code of the runner', () => {
  const files = new Set(['extension.js']);
  for (const file of files) {
    for (const each of [...chunks.get(file)!.imports, ...chunks.get(file)!.dynamicImports]) {
      if (chunks.has(each)) files.add(each);
    }
  }
  const modules = modulesOf(files);
  assert.ok(modules.includes('src/jobs/manager.ts'));
  assert.deepEqual(
    modules.filter((id) => id.startsWith('src/runner/')),
    [],
  );
});

test('the runner and the workers are one file each and load nothing later', () => {
  for (const name of ['runner.js', 'search.js', 'policy.js']) {
    const { imports, dynamicImports } = chunks.get(name)!;
    assert.deepEqual(
      [...imports, ...dynamicImports].filter((id) => !isBuiltin(id)),
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
