import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { scratchFolder } from '../../test/support/scratch.ts';
import type { Stream } from '../log/store/log-segments.ts';
import { openFifo } from './fifo.ts';
import { JobPipe } from './job-pipe.ts';
import { OutputCapture } from './output-capture.ts';
import { loadCLibrary } from './posix/c-library.ts';
import type { Reader } from './read-rounds.ts';
import { PseudoTerminal } from './terminal/pseudo-terminal.ts';
import { WakeUpPacer } from './wake-up-pacer.ts';

// Promise: runner-delayed-at-exit
test('a runner that is delayed at the end of a job still reads what waits in the pipe', (t) =>
  delayAtExit(t, 300));

test('a runner that is delayed for longer than it waits for output still reads what waits in the pipe', (t) =>
  delayAtExit(t, 2500));

async function delayAtExit(t: TestContext, delayMs: number): Promise<void> {
  const path = join(scratchFolder(t), 's');
  const server = createServer().listen(path);
  t.after(() => server.close());
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const writer = connect(path);
  t.after(() => writer.destroy());
  const [reader] = await accepted;
  let read = '';
  const capture = new OutputCapture((_, bytes, length) => {
    read += Buffer.from(bytes.slice(0, length)).toString();
  });
  t.after(() => capture.close());
  capture.addStream('stdout', reader);
  // From here on, timers run before the pipes are read.
  await setImmediate();
  const drained = capture.drained();
  writer.write('late');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs);
  await drained;
  assert.equal(read, 'late');
}

function pipeFor(t: TestContext): JobPipe {
  const path = join(scratchFolder(t), 'f');
  execFileSync('mkfifo', [path]);
  return new JobPipe(openFifo(path, 'reader'));
}

/** Returns how often a job is paced whose writes are read one by one. */
async function pacedIn(t: TestContext, streams: readonly Stream[], bytes: number): Promise<number> {
  let paced = 0;
  let onRead = (): void => undefined;
  const capture = new OutputCapture(() => onRead(), { pace: () => paced++ });
  t.after(() => capture.close());
  const writers = new Map<Stream, number>();
  for (const stream of new Set(streams)) {
    const pipe = pipeFor(t);
    t.after(() => pipe.closeTheirs());
    capture.addPipe(stream, pipe);
    writers.set(stream, pipe.theirs);
  }
  for (const stream of streams) {
    const isRead = new Promise<void>((resolve) => (onRead = resolve));
    writeSync(writers.get(stream) as number, Buffer.alloc(bytes));
    await isRead;
    // The callback reports the read before it paces.
    await setImmediate();
  }
  return paced;
}

test('paces a stream that is read in many small pieces', async (t) => {
  assert.equal(await pacedIn(t, new Array<Stream>(50).fill('stdout'), 100), 30);
});

test('does not pace two streams in turn, since the pipes do not know their order', async (t) => {
  const inTurn = Array.from({ length: 50 }, (_, at): Stream => (at % 2 === 0 ? 'stdout' : 'stderr'));
  assert.equal(await pacedIn(t, inTurn, 100), 0);
});

test('does not pace a stream that is read in large pieces', async (t) => {
  assert.equal(await pacedIn(t, new Array<Stream>(50).fill('stdout'), 40_000), 0);
});

test('reads the lines that gather during a rest at once', async (t) => {
  const pipe = pipeFor(t);
  const writer = pipe.theirs;
  const line = Buffer.from(`${'x'.repeat(99)}\n`);
  const linesInRest = 50;
  let rests = 0;
  // Time passes only in rests, and the program writes in each of the first ten.
  const pacer = new WakeUpPacer({
    now: () => 0,
    sleep() {
      if (++rests > 10) return;
      for (let count = 0; count < linesInRest; count++) writeSync(writer, line);
      if (rests === 10) closeSync(writer);
    },
  });
  const lengths: number[] = [];
  const capture = new OutputCapture((_stream, _bytes, length) => {
    lengths.push(length);
    // Before the first rest each line is written when the one before has been read.
    if (rests === 0) writeSync(writer, line);
  }, pacer);
  capture.addPipe('stdout', pipe);
  writeSync(writer, line);
  await capture.untilEnded();
  const single = lengths.filter((length) => length === line.length);
  assert.ok(single.length < 40, `${single.length} lines were read one by one`);
  // The line that was written before the first rest is read with those of the rest.
  const [first, ...others] = lengths.slice(single.length);
  assert.equal(first, (linesInRest + 1) * line.length);
  assert.deepEqual(others, new Array(9).fill(linesInRest * line.length));
});

/** Lets a job rest after each read. */
class AlwaysRest {
  reader: Reader | undefined;

  read(reader: Reader): boolean {
    this.reader = reader;
    return true;
  }

  remove(): void {
    this.reader = undefined;
  }
}

/** A capture of one pipe or two, whose reader rests after the first line. */
async function resting(t: TestContext, streams: readonly Stream[]) {
  const rounds = new AlwaysRest();
  const lines: string[] = [];
  let onRead = (): void => undefined;
  const capture = new OutputCapture(
    (_stream, bytes, length) => {
      lines.push(Buffer.from(bytes.slice(0, length)).toString());
      onRead();
    },
    { pace: () => undefined },
    rounds,
  );
  t.after(() => capture.close());
  const [writer] = streams.map((stream) => {
    const pipe = pipeFor(t);
    t.after(() => pipe.closeTheirs());
    capture.addPipe(stream, pipe);
    return pipe.theirs;
  }) as [number];
  const nextRead = (): Promise<void> => new Promise((resolve) => (onRead = resolve));
  const first = nextRead();
  writeSync(writer, '1');
  await first;
  await setImmediate();
  return { capture, rounds, lines, writer, nextRead };
}

/** Node looks at its pipes in each turn of the event loop. */
async function twoTurns(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await setImmediate();
}

test('lines that are printed while a job rests are read together afterwards', async (t) => {
  const { rounds, lines, writer, nextRead } = await resting(t, ['stdout']);
  writeSync(writer, '2');
  await twoTurns();
  writeSync(writer, '3');
  await twoTurns();
  assert.deepEqual(lines, ['1']);
  const read = nextRead();
  rounds.reader?.resume();
  await read;
  assert.deepEqual(lines, ['1', '23']);
});

test('the end of a rest does not resume a job that has to wait for another reason', async (t) => {
  const { capture, rounds, lines, writer, nextRead } = await resting(t, ['stdout']);
  capture.pause();
  rounds.reader?.resume();
  writeSync(writer, '2');
  await twoTurns();
  assert.deepEqual(lines, ['1']);
  const read = nextRead();
  capture.resume();
  await read;
  assert.deepEqual(lines, ['1', '2']);
});

test('what a job printed before it exited is read without waiting for the end of the rest', async (t) => {
  const { capture, rounds, lines, writer } = await resting(t, ['stdout']);
  writeSync(writer, '2');
  rounds.reader = undefined;
  await capture.drained();
  assert.deepEqual(lines, ['1', '2']);
  assert.equal(rounds.reader, undefined);
});

test('a job with two pipes does not rest, since they would lose their order', async (t) => {
  const { rounds, lines, writer, nextRead } = await resting(t, ['stdout', 'stderr']);
  assert.equal(rounds.reader, undefined);
  const read = nextRead();
  writeSync(writer, '2');
  await read;
  assert.deepEqual(lines, ['1', '2']);
});

const root = join(import.meta.dirname, '..', '..');
const onPosix = { skip: process.platform === 'win32' && 'needs a pseudo-terminal' };

/** A terminal with a capture, and a function that prints until the terminal is full. It returns the number of bytes. */
function fullTerminal(t: TestContext, onRead: (length: number) => void) {
  const terminal = new PseudoTerminal(loadCLibrary(root), { columns: 80, rows: 24 });
  const { O_WRONLY, O_NOCTTY, O_NONBLOCK } = constants;
  const writer = openSync(terminal.path, O_WRONLY | O_NOCTTY | O_NONBLOCK);
  t.after(() => closeSync(writer));
  const capture = new OutputCapture((_stream, _bytes, length) => onRead(length));
  t.after(() => capture.close());
  capture.addTerminal(terminal);
  const fill = (): number => {
    for (let printed = 0; ;) {
      try {
        printed += writeSync(writer, 'x'.repeat(1024));
      } catch {
        return printed;
      }
    }
  };
  return { capture, fill };
}

// Promise: terminal-drained
test('all that a full terminal holds is read when its job has exited', onPosix, async (t) => {
  let read = 0;
  const { capture, fill } = fullTerminal(t, (length) => (read += length));
  const printed = fill();
  assert.ok(printed > 0);
  await capture.drained();
  assert.equal(read, printed);
});

// Promise: terminal-drained
test(
  'a process that a shell leaves on its terminal, and that prints without a pause, does not hold up the runner',
  onPosix,
  async (t) => {
    let read = 0;
    const { capture, fill } = fullTerminal(t, (length) => {
      read += length;
      assert.ok(read < 10 * 1024 * 1024, 'the rest is read without end');
      fill();
    });
    fill();
    await capture.drained();
    await capture.untilEnded();
  },
);
