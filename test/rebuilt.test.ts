import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { oldBundles, removeOldBundles } from '../build.ts';
import { DIST, openSession } from './support/mcp-session.ts';
import { scratchFolder } from './support/scratch.ts';

test('a build keeps the bundles of the last one, which a running server may load, and no older ones', (t) => {
  const folder = scratchFolder(t);
  const files = ['stdio.js', 'main.js', 'main-old.js', 'main-old.js.map', 'main-older.js', 'page.html'];
  for (const name of files) writeFileSync(join(folder, name), '');
  const outputs = { 'dist/main.js': {}, 'dist/main-old.js': {} };
  writeFileSync(join(folder, 'metafile.json'), JSON.stringify({ outputs }));
  assert.deepEqual(oldBundles(folder), ['main-older.js']);
  removeOldBundles(folder);
  assert.deepEqual(
    readdirSync(folder).sort(),
    [...files, 'metafile.json'].filter((name) => name !== 'main-older.js').sort(),
  );
});

test('a running server whose bundles were removed says what to do', async (t) => {
  const dist = join(scratchFolder(t), 'dist');
  cpSync(DIST, dist, { recursive: true, filter: (path) => !path.endsWith('.vsix') });
  const session = await openSession(t, { dist });
  const { storage } = session;
  await session.call('list');
  for (const name of readdirSync(dist)) {
    if (/^(command-line-|search\.js)/.test(name)) rmSync(join(dist, name));
  }
  const whole = await openSession(t, { storage });
  const job = await whole.call('execute', { command: 'echo x', name: 'job', wait_s: 45 });
  for (const [tool, args] of [
    ['execute', { command: 'true' }],
    ['tail', { job_id: job.facts.id }],
  ] as const) {
    const { isError, text } = await session.call(tool, args);
    assert.equal(isError, true);
    assert.match(
      text,
      /A file of Background Jobs is gone, .*Restart the server, or reload the window of VS Code\.$/,
      tool,
    );
    assert.doesNotMatch(text, /Internal error|Cannot find/);
  }
});
