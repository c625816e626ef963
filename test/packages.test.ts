import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { currentTarget, NATIVE_TARGETS, UNIVERSAL } from '../native-targets.ts';
import { packageExtension, PACKAGES } from '../package.ts';
import { scratchFolder } from './support/scratch.ts';
import { readVsix } from './support/vsix.ts';

const NATIVE = 'dist/node_modules/';
const KOFFI = ['indirect.cjs', 'LICENSE.txt', 'package.json', 'src/koffi/indirect.cjs'];

interface Link {
  /** The document that contains the link, as a path in the package. */
  readonly from: string;
  readonly target: string;
}

/** Returns the links and pictures of a Markdown document that point to a file or a heading of the package. */
function localLinks(from: string, document: Buffer): Link[] {
  const text = document.toString().replaceAll(/^(`{3,})[^]*?^\1$|`[^`\n]*`/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)]
    .map(([, inline, html]) => ({ from, target: inline ?? html ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** Returns the anchors of a document's headings, in the form that GitHub and VS Code give them. */
function anchorsOf(document: Buffer): string[] {
  return [...document.toString().matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

/** Returns the system, processor and C library of a binary, from its header. */
function machineOf(binary: Buffer): string {
  if (binary.toString('latin1', 0, 2) === 'MZ') {
    const machine = binary.readUInt16LE(binary.readUInt32LE(0x3c) + 4);
    return `win32-${{ 0x8664: 'x64', 0xaa64: 'arm64' }[machine]}`;
  }
  if (binary.readUInt32LE(0) === 0xfeedfacf) {
    return `darwin-${{ 0x01000007: 'x64', 0x0100000c: 'arm64' }[binary.readUInt32LE(4)]}`;
  }
  assert.equal(binary.toString('latin1', 1, 4), 'ELF');
  const system = binary.includes('libc.so.6') ? 'linux' : 'alpine';
  return `${system}-${{ 0x3e: 'x64', 0xb7: 'arm64', 0x28: 'armhf' }[binary.readUInt16LE(18)]}`;
}

for (const target of PACKAGES) {
  test(`the package ${target} contains what runs, and only the native code of its system`, async (t) => {
    const files = await readVsix(await packageExtension(target, scratchFolder(t)));
    const paths = [...files.keys()];
    for (const name of ['extension', 'stdio', 'runner', 'search', 'policy', 'problems']) {
      assert.ok(files.has(`dist/${name}.js`), name);
    }
    for (const name of ['job-card', 'job-details']) assert.ok(files.has(`dist/${name}.html`), name);
    assert.deepEqual(
      paths.filter((path) => /\.(ts|map)$|^(src|test|node_modules)\//.test(path)),
      [],
    );
    const native = paths.filter((path) => path.startsWith(NATIVE)).map((path) => path.slice(NATIVE.length));
    if (target === UNIVERSAL) {
      assert.deepEqual(native, []);
      return;
    }
    const { package: name, folder } = NATIVE_TARGETS[target]!;
    const expected = [
      ...KOFFI.map((path) => `koffi/${path}`),
      ...['index.js', 'package.json', `${folder}/koffi.node`].map((path) => `${name}/${path}`),
    ];
    assert.deepEqual(native.sort(), expected.sort());
    assert.equal(machineOf(files.get(`${NATIVE}${name}/${folder}/koffi.node`)!), target);
  });
}

test('every link and picture in the packaged documents leads to a packaged file and a heading in it', async (t) => {
  const files = await readVsix(await packageExtension(UNIVERSAL, scratchFolder(t)));
  const links = [...files].flatMap(([path, document]) =>
    path.endsWith('.md') ? localLinks(path, document) : [],
  );
  assert.ok(links.length > 20);
  for (const { from, target } of links) {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? from : posix.join(posix.dirname(from), file);
    const document = files.get(path);
    assert.ok(document !== undefined, `${from} links to ${target}`);
    if (anchor !== undefined) assert.ok(anchorsOf(document).includes(anchor), `${from} links to ${target}`);
  }
});

const current = currentTarget();

test(
  'the native code of the package for this system can be loaded and called',
  { skip: current === UNIVERSAL && 'there is none for this system' },
  async (t) => {
    const folder = scratchFolder(t);
    for (const [path, content] of await readVsix(await packageExtension(current, folder))) {
      if (!path.startsWith(NATIVE)) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const code = `
      const koffi = require('koffi/indirect');
      console.log(koffi.load(process.platform === 'win32' ? 'msvcrt.dll' : null).func('int abs(int)')(-7));`;
    const output = execFileSync(process.execPath, ['-e', code], { cwd: join(folder, 'dist') });
    assert.equal(output.toString().trim(), '7');
  },
);
