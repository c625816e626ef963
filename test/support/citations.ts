import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A test file that a document cites, and a part of the name of each of its tests. */
export interface Citation {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly names: readonly string[];
}

/** What a document cites, in the form `file`: _part of a name_, _part of a name_. */
export function citationsIn(document: string): Citation[] {
  const text = readFileSync(join(root, document), 'utf8').replace(/\s+/g, ' ');
  return [...text.matchAll(/`([\w/-]+\.(?:test|in-editor)\.ts)`: (_[^_|]+_(?:, _[^_|]+_)*)/g)].map(
    ([, file = '', names = '']) => ({
      file: file.startsWith('src/') ? file : `test/${file}`,
      names: [...names.matchAll(/_([^_]+)_/g)].map(([, name = '']) => name),
    }),
  );
}

/** That each test that is cited is there. */
export function checkCitations(citations: readonly Citation[]): void {
  for (const { file, names } of citations) {
    assert.ok(existsSync(join(root, file)), file);
    const source = readFileSync(join(root, file), 'utf8');
    const titles = [...source.matchAll(/\btest\(\s*(['"`])(.*?)\1,/gs)];
    for (const name of names) {
      assert.ok(
        titles.some(([, , title = '']) => title.includes(name)),
        `${file}: ${name}`,
      );
    }
  }
}
