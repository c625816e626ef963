import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { startJob, untilEnded } from '../support/runner.ts';
import { openTerminalRunner, terminalSpec } from '../support/terminal-runner.ts';

const MIB = 1024 * 1024;
const LINES = 200 * 1024;
/** One line has a KiB, with its line end as a terminal writes it. */
const LINE_BYTES = 1024;
/** Garbage of short-lived objects included. The output has 200 MiB. */
const MAX_GROWTH_MIB = 48;

/** Returns the largest memory that a process had so far (proc_pid_status(5)). */
function peakMib(pid: number): number {
  const [, kib = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

// Promise: terminal-load
test('a job that prints 200 MiB to its terminal loses no byte, and the memory of the runner stays flat', async (t) => {
  const { link, storage, address, run } = await openTerminalRunner(t);
  // What the first job loads counts before.
  await run('seq 20000');
  const { pid } = await address();
  const before = peakMib(pid);
  const program = `awk 'BEGIN { for (i = 0; i < ${LINES}; i++) printf "%0${LINE_BYTES - 2}d\\n", i }'`;
  const spec = terminalSpec(program, { maxOutputSize: 256 * MIB });
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  assert.equal((await ended).status, 'completed');
  const growth = peakMib(pid) - before;
  const expected = createHash('sha256');
  for (let line = 0; line < LINES; line++)
    expected.update(`${String(line).padStart(LINE_BYTES - 2, '0')}\r\n`);
  const found = createHash('sha256');
  const reader = new LogReader(logFolder(storage, spec.id));
  const { start, end } = reader.range();
  for (const { bytes } of reader.pieces(start, end)) found.update(bytes);
  assert.equal(end, LINES * LINE_BYTES);
  assert.equal(found.digest('hex'), expected.digest('hex'));
  assert.ok(growth < MAX_GROWTH_MIB, `${growth.toFixed(1)} MiB more`);
  t.diagnostic(`${growth.toFixed(1)} MiB more`);
});
