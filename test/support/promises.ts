import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Ids of the promises in a document, each written as `<!-- promise: some-id -->` beside its sentence. */
export function promisesIn(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/<!-- promise: ([\w-]+) -->/g)].map(([, id = '']) => id);
}

/**
 * Returns the promises that tests prove. Such a test has the line `// Promise: some-id, another-id` above it.
 *
 * @returns for each id the test files, as paths from the root of the repository
 */
export function provenPromises(): Map<string, string[]> {
  const proven = new Map<string, string[]>();
  for (const file of testFiles()) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const [, ids = ''] of source.matchAll(/^\s*\/\/ Promise: (.+)\n\s*(?:await |void )?test\(/gm)) {
      for (const id of ids.split(', ')) proven.set(id, [...(proven.get(id) ?? []), file]);
    }
  }
  return proven;
}

function testFiles(): string[] {
  return ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|in-editor)\.ts$/.test(name))
      .map((name) => join(folder, name)),
  );
}
