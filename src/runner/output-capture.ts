import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Stream } from '../log/store/log-segments.ts';
import type { JobPipe } from './job-pipe.ts';
import { OUTPUT_BUFFER_BYTES, outputBuffer as buffer } from './output-buffer.ts';
import { type Reader, ReadRounds } from './read-rounds.ts';
import type { JobTerminal } from './terminal/job-terminal.ts';
import type { PseudoTerminal } from './terminal/pseudo-terminal.ts';
import { WakeUpPacer } from './wake-up-pacer.ts';

/** All jobs share them, since they share the event loop. */
const sharedPacer = new WakeUpPacer();
const sharedRounds = new ReadRounds();
/** Size below which a read counts as small. A faster program would fill the pipe during a rest, and block. */
const SMALL_READ_BYTES = OUTPUT_BUFFER_BYTES / 2;
/** Number of small reads of one stream in a row before pacing starts. Two streams in turn would lose their order. */
const PACED_AFTER = 20;

/** Time without output, after the shell exited, that counts as the end of the output. */
const QUIET_AFTER_EXIT_MS = 100;
/** Longest wait for that. */
const MAX_DRAIN_MS = 2000;

/** A terminal that draws in a process of its own, and ends its output when it is closed. */
type DrawingTerminal = Pick<JobTerminal, 'close'>;

export type OnBytes = (stream: Stream, bytes: Uint8Array, length: number) => void;

/** Reads the output of one job until its pipes end. */
export class OutputCapture {
  readonly #onBytes: OnBytes;
  readonly #pacer: Pick<WakeUpPacer, 'pace'>;
  readonly #rounds: Pick<ReadRounds, 'read' | 'remove'>;
  readonly #sources = new Set<Readable>();
  #terminal: PseudoTerminal | undefined;
  #drawing: DrawingTerminal | undefined;
  #onActivity: () => void = () => undefined;
  #stream: Stream | undefined;
  #smallReads = 0;
  #lastReadAt = -Infinity;
  #isPaused = false;
  #hasExited = false;

  constructor(
    onBytes: OnBytes,
    pacer: Pick<WakeUpPacer, 'pace'> = sharedPacer,
    rounds: Pick<ReadRounds, 'read' | 'remove'> = sharedRounds,
  ) {
    this.#onBytes = onBytes;
    this.#pacer = pacer;
    this.#rounds = rounds;
  }

  /** Returns true if no pipe is open any more. */
  get ended(): boolean {
    return this.#sources.size === 0;
  }

  /** Resolves when no pipe is open any more. That can be long after the shell exited. */
  async untilEnded(): Promise<void> {
    await Promise.all([...this.#sources].map((source) => once(source, 'close')));
  }

  /** Reads from a pipe, and closes it at the end. */
  addPipe(stream: Stream, pipe: JobPipe): void {
    const reader = {
      resume: () => {
        if (!this.#isPaused) pipe.stream.resume();
      },
    };
    pipe.onRead((bytes, length) => {
      this.#take(stream, bytes, length);
      this.#pace(stream, length);
      return !this.#rests(reader, length);
    });
    pipe.stream.once('close', () => this.#rounds.remove(reader));
    this.#add(pipe.stream);
  }

  /** Reads from a terminal. */
  addTerminal(terminal: PseudoTerminal): void {
    this.#terminal = terminal;
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#take('stdout', bytes, length);
      this.#pace('stdout', length);
      return true;
    };
    this.#add(terminal.open({ buffer, callback }));
  }

  /** Reads what a terminal draws. Its output ends when it is closed. */
  addDrawing(terminal: DrawingTerminal, source: Readable): void {
    this.#drawing = terminal;
    this.addStream('stdout', source);
  }

  /** Reads from a stream of child_process. */
  addStream(stream: Stream, source: Readable): void {
    source.on('data', (bytes: Buffer) => {
      this.#take(stream, bytes, bytes.length);
    });
    this.#add(source);
  }

  /**
   * Resolves when all output of an exited shell is read: when the pipes end or, if a descendant keeps them open, once
   * they are quiet. Later output is still passed on.
   */
  async drained(): Promise<void> {
    if (this.#terminal !== undefined) {
      this.#terminal.readRest(buffer, (length) => this.#take('stdout', buffer, length));
      this.#terminal.close();
      return;
    }
    this.#hasExited = true;
    if (!this.#isPaused) this.resume();
    await this.#untilQuiet(QUIET_AFTER_EXIT_MS);
    if (this.#drawing === undefined) return;
    this.#drawing.close();
    // It draws the rest, and then closes its output.
    await this.#untilQuiet(MAX_DRAIN_MS);
  }

  async #untilQuiet(quietMs: number): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => {
      let isFinished = false;
      const finish = (): void => {
        if (isFinished) return;
        isFinished = true;
        clearTimeout(quiet);
        clearTimeout(timeout);
        this.#onActivity = () => undefined;
        resolve();
      };
      let heard = false;
      // If the runner itself was delayed, it has not looked at the pipes in the meantime. So it looks once more:
      // Node reads them between a timer and an immediate.
      const quiet = setTimeout(() => {
        heard = false;
        setImmediate(() => {
          if (!heard) finish();
        });
      }, quietMs);
      const timeout = setTimeout(() => setImmediate(finish), MAX_DRAIN_MS);
      this.#onActivity = () => {
        heard = true;
        if (this.ended) finish();
        else quiet.refresh();
      };
    });
  }

  /** Stops reading, so that the job has to wait when its pipes are full. */
  pause(): void {
    this.#isPaused = true;
    for (const source of this.#sources) source.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const source of this.#sources) source.resume();
  }

  close(): void {
    for (const source of this.#sources) source.destroy();
  }

  #take(stream: Stream, bytes: Uint8Array, length: number): void {
    this.#onBytes(stream, bytes, length);
    this.#onActivity();
  }

  #pace(stream: Stream, length: number): void {
    this.#smallReads = stream === this.#stream && length < SMALL_READ_BYTES ? this.#smallReads + 1 : 0;
    this.#stream = stream;
    if (this.#smallReads >= PACED_AFTER) this.#pacer.pace();
  }

  #rests(reader: Reader, length: number): boolean {
    const now = performance.now();
    const sinceMs = now - this.#lastReadAt;
    this.#lastReadAt = now;
    // Two pipes of one job would lose their order. The last output of leftover processes is read before the runner exits.
    if (this.#sources.size > 1 || this.#hasExited) return false;
    return this.#rounds.read(reader, length, sinceMs);
  }

  #add(source: Readable): void {
    this.#sources.add(source);
    // A failed read cannot be repaired. The close that follows ends the source.
    source.on('error', () => undefined);
    source.once('close', () => {
      this.#sources.delete(source);
      this.#onActivity();
    });
    source.resume();
  }
}
