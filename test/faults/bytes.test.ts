import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rawLog, runnerPid, start, startReady, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { isLong, repeats } from '../support/repeats.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

// Promise: split-utf8
test('shows every character of UTF-8 that is written and read byte by byte', async (t) => {
  const manager = openManager(t);
  const text = 'aß€😀e\u0301\ufeffz\n';
  const bytes = [...Buffer.from(text)];
  const octal = bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  // One write(2) for each, and only after the previous one was read.
  const { id } = await start(manager, octal.map((byte) => `read go; printf '${byte}'`).join('; '));
  let seen = '';
  let cursor = 0;
  for (let written = 0; written < bytes.length; written++) {
    await manager.input.write(id, '\n', false);
    await eventually('it is stored', () => manager.logs.range(id).end === written + 1);
    const page = manager.logs.readText(id, { cursor, maxBytes: 10_000 });
    seen += page.text;
    cursor = page.next;
  }
  assert.equal(seen, text);
  assert.equal(cursor, bytes.length);
});

// Promise: binary-output
test('returns binary output byte for byte, and as text without an error', async (t) => {
  const manager = openManager(t);
  const copy = join(scratchFolder(t), 'copy');
  const size = repeats(20_000_000, 500_000);
  const { id } = await start(manager, `head -c ${size} /dev/urandom | tee "$COPY"`, { env: { COPY: copy } });
  await untilEnd(manager, id);
  assert.ok(rawLog(manager, id).equals(readFileSync(copy)));
  for (let cursor = 0; cursor < size;) {
    const page = manager.logs.readText(id, { cursor, maxBytes: 60_000 });
    assert.ok(page.next > cursor);
    assert.ok(Buffer.byteLength(page.text) <= 60_000);
    cursor = page.next;
  }
});

// Promise: endless-line
test('keeps 100 MB without a line end, reads and searches it in parts, and uses no more memory', async (t) => {
  const storage = storageFolder(t);
  const manager = openManager(t, { storage });
  await untilEnd(manager, (await start(manager, 'true')).id);
  const holder = await startReady(manager, 'echo ready; exec sleep 1000');
  const runner = await runnerPid(storage);
  const before = residentKibibytes(runner);
  const size = repeats(100_000_000, 5_000_000);
  const { id } = await start(manager, `head -c ${size} /dev/zero | tr '\\0' x`);
  const job = await untilEnd(manager, id);
  assert.deepEqual([job.outputEnd, job.unstoredBytes], [size, undefined]);
  // The log is in files, and all jobs are read into one buffer.
  if (isLong) assert.ok(residentKibibytes(runner) - before < 50_000);
  const tail = manager.logs.readTail(id, { lines: 5, maxBytes: 1000 });
  assert.match(tail.text, /^x+$/);
  const { matches } = await manager.logs.search(id, { cursor: 0, pattern: 'y', context: 0, maxMatches: 1 });
  assert.deepEqual(matches, []);
  let shown = 0;
  for (let cursor = 0; cursor < size;) {
    const page = manager.logs.readText(id, { cursor, maxBytes: 1_000_000 });
    assert.ok(page.next > cursor && Buffer.byteLength(page.text) <= 1_000_000);
    shown += /^x*/.exec(page.text)![0].length;
    cursor = page.next;
  }
  assert.equal(shown, size);
  await manager.kill(holder.id, 'agent');
});

/** Peak of its memory, if the system reports it. */
function residentKibibytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
