import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openManager } from '../support/manager.ts';

test('several waits for output are answered in order from what the runner reported', async (t) => {
  const manager = openManager(t);
  const { job } = await manager.start({
    command: 'while read -r line; do echo "$line"; done',
    startedBy: { kind: 'agent' },
    stdin: 'open',
  });
  let cursor = 0;
  for (let at = 0; at < 30; at++) {
    const waiting = manager.wait([{ id: job.id, cursor }], { until: 'output' }, 30_000);
    await manager.input.write(job.id, `line ${at}\n`, false, 'agent');
    assert.equal((await waiting).reason, 'output');
    // The index is gone after the first page, so the disk could not tell the rest.
    const read = () => manager.logs.readText(job.id, { cursor, maxBytes: 1000 });
    let page = read();
    // The wait may have seen on the disk that the log grew.
    for (; page.text === ''; page = read()) await once(manager.jobs, 'printed');
    assert.equal(page.text, `line ${at}\n`);
    cursor = page.next;
    const folder = manager.logs.folder(job.id);
    if (process.platform !== 'win32')
      for (const name of readdirSync(folder)) if (name.endsWith('.idx')) rmSync(join(folder, name));
  }
  await manager.input.write(job.id, '', true, 'agent');
  assert.equal((await manager.wait([{ id: job.id, cursor }], { until: 'output' }, 30_000)).reason, 'exit');
});
