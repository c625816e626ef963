import assert from 'node:assert/strict';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { describeFileError } from './file-error.ts';
import { makeFolders } from './make-folders.ts';

test('creates a folder and its missing parents for the user alone', (t) => {
  const first = join(scratchFolder(t), 'first');
  const last = join(first, 'second', 'third');
  makeFolders(last);
  makeFolders(last);
  if (process.platform !== 'win32') assert.equal(statSync(first).mode & 0o777, 0o700);
  assert.equal(existsSync(last), true);
});

test('fails if a file is in the way', (t) => {
  const file = join(scratchFolder(t), 'file');
  writeFileSync(file, '');
  assert.throws(() => makeFolders(join(file, 'folder')), { code: 'EEXIST', path: file });
  assert.throws(() => makeFolders(file), { code: 'EEXIST', path: file });
});

test(
  'fails, and does not loop, where the system answers ENOENT below an existing folder',
  { skip: process.platform !== 'linux' },
  () => {
    let caught: unknown;
    try {
      makeFolders('/proc/no-such-folder/below');
    } catch (error) {
      caught = error;
    }
    assert.equal(describeFileError(caught), 'The folder /proc/no-such-folder cannot be created (ENOENT).');
  },
);

test('names the first missing folder on the way to a file', (t) => {
  const folder = join(scratchFolder(t), 'missing');
  assert.throws(
    () => mkdirSync(join(folder, 'below')),
    (error) => {
      assert.equal(describeFileError(error), `The folder ${folder} does not exist (ENOENT).`);
      return true;
    },
  );
});
