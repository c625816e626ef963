import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { STREAMS } from '../../src/log/store/log-segments.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { type NumberedOutput, numberedOutput, SEEN } from '../fixtures/numbered-lines.ts';
import { openManager } from '../support/manager.ts';
import { openSession, storageFolder } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';
import { managerClient, type Reading, sessionClient } from './log-clients.ts';

const PROGRAM = join(import.meta.dirname, '..', 'fixtures', 'numbered-lines.ts');
/** The number of lines on each of the two streams. */
const LINES = repeats(100_000, 2000);
/** Reading a large log in small pages takes long. */
const LEAST_PAGE = repeats(1000, 64);

/** Sizes of pages in bytes, distributed evenly on a logarithmic scale. */
const maxBytes = (least: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(Math.log2(least) * 100), max: 1700 }).map((log) => Math.ceil(2 ** (log / 100)));

const reading = (least: number): fc.Arbitrary<Reading> =>
  fc.record({
    format: fc.constantFrom('text', 'raw'),
    stream: fc.constantFrom('both', ...STREAMS),
    maxBytes: maxBytes(least),
  });

test('three clients that read a job while it writes to both streams get every byte exactly once', async (t) => {
  const storage = storageFolder(t);
  const managers = [openManager(t, { storage }), openManager(t, { storage })];
  const [first = openManager(t)] = managers;
  const session = await openSession(t, { storage });
  const clients = [...managers.map(managerClient), sessionClient(session)];
  const readings = fc.tuple(reading(LEAST_PAGE), reading(LEAST_PAGE), reading(1000));
  await fc.assert(
    fc.asyncProperty(fc.nat(2 ** 31), readings, async (seed, chosen) => {
      const command = `'${process.execPath}' '${PROGRAM}' ${seed} ${LINES}`;
      const { job } = await first.start({ command, mergeStderr: false, startedBy: { kind: 'agent' } });
      const read = await Promise.all(clients.map((client, at) => client(job.id, chosen[at] as Reading)));
      assert.equal(first.jobs.get(job.id).exitCode, 0);
      const expected = numberedOutput(seed, LINES);
      const log = checkLog(storage, job.id, expected);
      read.forEach((bytes, at) => check(bytes, chosen[at] as Reading, expected, log));
      await first.jobs.removeFinished(job.id);
    }),
    // A smaller seed is not simpler.
    { numRuns: repeats(25, 3), endOnFailure: true },
  );
});

/** Checks that the log contains exactly what was written to each stream. @returns the log */
function checkLog(storage: string, id: string, { bytes }: NumberedOutput): Buffer {
  const reader = new LogReader(logFolder(storage, id));
  const pieces = [...reader.pieces(0, reader.range().end)];
  for (const stream of STREAMS) {
    const ofStream = pieces.filter((piece) => piece.stream === stream).map((piece) => piece.bytes);
    assert.equal(digest(Buffer.concat(ofStream)), digest(bytes[stream]), `the log of ${stream}`);
  }
  return Buffer.concat(pieces.map((piece) => piece.bytes));
}

function check(read: Buffer, { format, stream }: Reading, expected: NumberedOutput, log: Buffer): void {
  if (format === 'raw') {
    assert.equal(digest(read), digest(stream === 'both' ? log : expected.bytes[stream]));
  } else if (stream !== 'both') {
    assert.equal(digest(read), digest(expected.text[stream]));
  } else {
    // A page may end inside a line of each stream. The next page then continues both lines.
    const seen = (text: string, of: RegExp): string => (text.match(of) ?? []).join('');
    for (const each of STREAMS) {
      const wanted = seen(expected.text[each], SEEN[each]);
      assert.equal(digest(seen(read.toString(), SEEN[each])), digest(wanted), each);
    }
  }
}

/** Summarizes data so that a failed assertion stays short. */
function digest(data: Buffer | string): string {
  return `${Buffer.byteLength(data)} ${createHash('sha256').update(data).digest('hex')}`;
}
