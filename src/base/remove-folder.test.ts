import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { cases } from '../../test/support/repeats.ts';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { removeFolder } from './remove-folder.ts';

const FILES = Array.from({ length: 200 }, (_, at) => `file ${at}`);

/** Removes the files of each message one by one. Posts a message when it begins and when it is done. */
const OTHER = `
const { rmSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (paths) => {
  parentPort.postMessage('begins');
  for (const path of paths) rmSync(path, { force: true });
  parentPort.postMessage('done');
});`;

test('removes a folder while another process removes parts of it', async (t) => {
  const parent = scratchFolder(t);
  const other = new Worker(OTHER, { eval: true });
  atEnd(t, () => other.terminate());
  for (let round = 0; round < cases(20); round++) {
    const folder = join(parent, `${round}`);
    mkdirSync(join(folder, 'inner'), { recursive: true });
    const paths = FILES.flatMap((name) => [join(folder, name), join(folder, 'inner', name)]);
    for (const path of paths) writeFileSync(path, '');
    const begins = once(other, 'message');
    other.postMessage(paths.reverse());
    await begins;
    const done = once(other, 'message');
    removeFolder(folder);
    assert.equal(existsSync(folder), false);
    await done;
  }
});
