import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { listFiles, PackageManager } from '@vscode/vsce';

const root = join(import.meta.dirname, '..');

interface Link {
  /** The document that contains the link, as a path from the root of the repository. */
  readonly from: string;
  readonly target: string;
}

/** Returns the links and pictures of a Markdown document that point to a file or a heading of this repository. */
function localLinks(from: string): Link[] {
  const text = readFileSync(join(root, from), 'utf8').replaceAll(/^(`{3,})[^]*?^\1$|`[^`\n]*`/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)]
    .map(([, inline, html]) => ({ from, target: inline ?? html ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** Returns the anchors of a document's headings, in the form that GitHub and VS Code give them. */
function anchorsOf(document: string): string[] {
  return [...readFileSync(join(root, document), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

test('every link and picture in the packaged documents leads to a packaged file and a heading in it', async () => {
  const packaged = await listFiles({ cwd: root, packageManager: PackageManager.None });
  const links = packaged.filter((path) => path.endsWith('.md')).flatMap(localLinks);
  assert.ok(links.length > 20);
  for (const { from, target } of links) {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? from : posix.join(posix.dirname(from), file);
    assert.ok(packaged.includes(path), `${from} links to ${target}`);
    if (anchor !== undefined) assert.ok(anchorsOf(path).includes(anchor), `${from} links to ${target}`);
  }
});

test('the package contains what runs, and no sources, tests or source maps', async () => {
  const packaged = await listFiles({ cwd: root, packageManager: PackageManager.None });
  for (const path of [
    'dist/extension.js',
    'dist/stdio.js',
    'dist/runner.js',
    'dist/search.js',
    'dist/policy.js',
  ]) {
    assert.ok(packaged.includes(path), path);
  }
  assert.deepEqual(
    packaged.filter((path) => /\.(ts|map)$|^(src|test|node_modules)\//.test(path)),
    [],
  );
});
