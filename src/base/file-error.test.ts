import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { fillDisk, mountTinyDisk } from '../../test/support/tiny-disk.ts';
import { explainFailure, isExplained, messageOf } from './error-message.ts';
import { describeFileError, onFile } from './file-error.ts';
import { JobError } from './job-error.ts';

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

test('names what is in the way of a file, and says what to do', (t) => {
  const folder = scratchFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const advice = 'Move it away, or use another folder. Then try again.';
  for (const action of [
    () => readdirSync(file),
    () => mkdirSync(file),
    () => writeFileSync(join(file, 'below', 'it'), ''),
  ]) {
    const error = errorOf(action);
    if (process.platform === 'win32') continue;
    assert.match(
      explainFailure(error),
      new RegExp(`^${file} is not a folder \\((EEXIST|ENOTDIR)\\)\\. ${advice}$`),
    );
  }
  if (process.platform === 'win32') return;
  assert.equal(
    messageOf(errorOf(() => openSync(folder, 'w'))),
    `${folder} is a folder, not a file (EISDIR). Move it away and try again.`,
  );
});

test('names a symbolic link that leads back to itself', { skip: process.platform === 'win32' }, (t) => {
  const link = join(scratchFolder(t), 'link');
  symlinkSync('link', link);
  for (const action of [() => readdirSync(link), () => readFileSync(join(link, 'below', 'it'))])
    assert.equal(
      explainFailure(errorOf(action)),
      `The symbolic link ${link} leads back to itself (ELOOP). Correct the link, or use another folder. Then try again.`,
    );
});

test('names the folder on a full disk, also for a write to an open file', (t) => {
  const disk = mountTinyDisk(t, 64);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs');
    return;
  }
  const path = join(disk, 'file');
  const fd = openSync(path, 'w');
  fillDisk(disk);
  const error = errorOf(() => onFile(path, () => writeSync(fd, Buffer.alloc(8192))));
  closeSync(fd);
  assert.equal(
    explainFailure(error),
    `The disk of the folder ${disk} is full (ENOSPC). Free some space on it and try again.`,
  );
});

/** Prints the messages of attempts to use a folder and its file that another user owns. */
const ATTEMPTS = `
  import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
  import { messageOf } from '${join(import.meta.dirname, 'error-message.ts')}';
  const [folder] = process.argv.slice(1);
  for (const action of [
    () => readdirSync(folder + '/closed'), () => readFileSync(folder + '/closed/file'),
    () => mkdirSync(folder + '/open/new'), () => writeFileSync(folder + '/open/new', ''),
    () => readFileSync(folder + '/open/secret'), () => writeFileSync(folder + '/open/public', ''),
  ]) try { action(); console.log('done'); } catch (error) { console.log(messageOf(error)); }`;

test('names the folder or file that this user may not use, and how', (t) => {
  if (process.platform === 'win32') {
    t.skip('modes of files do not apply on Windows');
    return;
  }
  const folder = scratchFolder(t);
  const [closed, open] = [join(folder, 'closed'), join(folder, 'open')];
  for (const path of [closed, open]) mkdirSync(path);
  for (const name of ['secret', 'public']) writeFileSync(join(open, name), '');
  chmodSync(join(open, 'secret'), 0);
  chmodSync(join(open, 'public'), 0o444);
  for (const path of [folder, open]) chmodSync(path, 0o555);
  chmodSync(closed, 0);
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', ATTEMPTS, folder], {
    encoding: 'utf8',
    // Modes do not apply to root.
    ...(process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
  });
  for (const path of [folder, open, closed]) chmodSync(path, 0o700);
  if (stdout === '') {
    t.skip(`another user cannot run this: ${stderr.slice(0, 200)}`);
    return;
  }
  const advice = 'Make it accessible for this user, or use another folder. Then try again.';
  assert.deepEqual(
    stdout.trimEnd().split('\n'),
    [
      `The folder ${closed} cannot be read`,
      `The folder ${closed} cannot be entered`,
      `The folder ${open} cannot be written`,
      `The folder ${open} cannot be written`,
      `The file ${join(open, 'secret')} cannot be read`,
      `The file ${join(open, 'public')} cannot be written`,
    ].map((problem) => `${problem} (EACCES). ${advice}`),
  );
});

test('leaves errors of sockets and processes alone, and ends each message with what to do', () => {
  const refused = Object.assign(new Error('connect EACCES /run/socket'), {
    code: 'EACCES',
    syscall: 'connect',
    path: '/run/socket',
  });
  assert.equal(isExplained(refused), false);
  assert.equal(messageOf(refused), 'connect EACCES /run/socket');
  assert.match(
    explainFailure(refused),
    /^Internal error of the job server: connect EACCES \/run\/socket\. Try again\./,
  );
  assert.equal(explainFailure(new JobError('It is full. Empty it.')), 'It is full. Empty it.');
  assert.match(explainFailure('odd'), /: odd\. Try again\. /);
});

test('describes a missing folder once, by its highest part', (t) => {
  const missing = join(scratchFolder(t), 'missing');
  const error = errorOf(() => readFileSync(join(missing, 'below', 'file')));
  assert.equal(describeFileError(error), `The folder ${missing} does not exist (ENOENT).`);
  const file = errorOf(() => readFileSync(missing));
  assert.equal(describeFileError(file), `The file ${missing} does not exist (ENOENT).`);
});
