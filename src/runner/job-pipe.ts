import { closeSync, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { InputFile } from '../processes/input-file.ts';
import type { Fifo, FifoEnd } from './fifo.ts';
import { outputBuffer } from './output-buffer.ts';

/** A pipe between the runner and a job. It is made before the job is known. */
export class JobPipe {
  /** The runner's end. */
  readonly ours: FifoEnd;
  /** The descriptor of the runner's end, which the stream owns. */
  readonly descriptor: number;
  /** The descriptor of the other end. */
  readonly theirs: number;
  /** The runner's end as a stream. */
  readonly stream: Socket;
  /** Identifies the pipe in the job. */
  readonly file: InputFile;
  #onRead: (bytes: Uint8Array, length: number) => void = () => undefined;

  constructor({ ours, reader, writer }: Fifo) {
    this.ours = ours;
    const fd = ours === 'reader' ? reader : writer;
    this.descriptor = fd;
    this.theirs = ours === 'reader' ? writer : reader;
    this.file = fstatSync(fd);
    // `onread` passes each read(2) on without allocating a buffer. The constructor also takes it, although the types
    // have it for connect() only.
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#onRead(bytes, length);
      return true;
    };
    const options = { fd, readable: ours === 'reader', writable: ours === 'writer' };
    this.stream = new Socket(
      ours === 'reader' ? { ...options, ...{ onread: { buffer: outputBuffer, callback } } } : options,
    );
  }

  /** Calls back with what the job prints. @param onRead must not use the bytes after it returns */
  onRead(onRead: (bytes: Uint8Array, length: number) => void): void {
    this.#onRead = onRead;
  }

  /** Call it when the job has its own copy of the descriptor. */
  closeTheirs(): void {
    closeSync(this.theirs);
  }

  closeOurs(): void {
    this.stream.destroy();
  }
}
