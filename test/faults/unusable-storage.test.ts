import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type McpSession, openSession } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import { fillDisk, mountTinyDisk } from '../support/tiny-disk.ts';

/** Every request that reads or writes the storage folder. @returns the text of each error */
async function errorsOf(session: McpSession): Promise<string[]> {
  const calls: readonly (readonly [string, Record<string, unknown>])[] = [
    ['execute', { command: 'true' }],
    ['list', {}],
    ['kill', { job_ids: ['x'] }],
    ...['output', 'tail', 'status', 'restart', 'interact'].map((tool) => [tool, { job_id: 'x' }] as const),
    ['wait', { job_ids: ['x'] }],
    ['search', { job_id: 'x', regex: 'x' }],
  ];
  const texts: string[] = [];
  for (const [tool, args] of calls) {
    const { isError, text } = await session.call(tool, args);
    assert.equal(isError, true, `${tool}: ${text}`);
    texts.push(text);
  }
  const read = (request: Promise<unknown>): Promise<string> =>
    request.then(
      () => 'no error',
      (error: unknown) => (error as Error).message,
    );
  texts.push(await read(session.client.listResources()));
  texts.push(await read(session.client.readResource({ uri: 'jobs://all' })));
  return texts;
}

// Promise: storage-unusable
test(
  'every request names what is wrong with a storage folder that is a file or a loop, and what to do',
  { skip: process.platform === 'win32' },
  async (t) => {
    const folder = scratchFolder(t);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const loop = join(folder, 'loop');
    symlinkSync('loop', loop);
    for (const [storage, problem] of [
      [file, `${file} is not a folder (`],
      [join(file, 'below'), `${file} is not a folder (`],
      [loop, `The symbolic link ${loop} leads back to itself (ELOOP).`],
    ] as const) {
      const session = await openSession(t, { storage });
      for (const text of await errorsOf(session)) {
        assert.ok(text.includes(problem), text);
        assert.match(text, /\. Then try again\.$/);
        assert.doesNotMatch(text, /Internal error|\bsyscall\b|E[A-Z]+: /);
      }
      await session.close();
    }
  },
);

// Promise: storage-unusable
test('a start names the file in the storage folder that is in its way', async (t) => {
  if (process.platform === 'win32') {
    t.skip('errors differ on Windows');
    return;
  }
  for (const name of ['runners', 'jobs', 'journal.jsonl', 'runner.log']) {
    const storage = join(scratchFolder(t), 'storage');
    mkdirSync(storage);
    // A folder where a file belongs, and the reverse.
    if (name.includes('.')) mkdirSync(join(storage, name));
    else writeFileSync(join(storage, name), '');
    const session = await openSession(t, { storage });
    const { isError, text } = await session.call('execute', { command: 'true' });
    assert.equal(isError, true);
    assert.match(
      text,
      new RegExp(`^Error: The job (runner cannot be started|could not start): ${join(storage, name)} is `),
    );
    assert.doesNotMatch(text, /Internal error|syscall|\\n|E[A-Z]+: /);
    await session.close();
  }
});

// Promise: disk-full
test('on a full disk a start names the folder, with and without a runner', async (t) => {
  const disk = mountTinyDisk(t, 512);
  if (disk === undefined) {
    t.skip('needs the right to mount a tmpfs');
    return;
  }
  const storage = join(disk, 'storage');
  mkdirSync(storage);
  const full = (what: string): RegExp =>
    new RegExp(`^Error: ${what}: The disk of the folder ${storage}\\S* is full \\(ENOSPC\\)\\. [A-Z].*\\.$`);
  const makeRoom = fillDisk(disk);
  const session = await openSession(t, { storage });
  assert.match(
    (await session.call('execute', { command: 'true' })).text,
    full('The job runner cannot be started'),
  );
  makeRoom();
  const first = await session.call('execute', { command: 'true', wait_s: 45 });
  assert.equal(first.facts.exit_code, '0', first.text);
  fillDisk(disk);
  const refused = await session.call('execute', { command: 'true' });
  assert.match(refused.text, full('The job could not start'));
});
