import { closeSync, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { InputFile } from '../processes/input-file.ts';
import { outputBuffer } from './output-buffer.ts';

/** Which end of a pipe belongs to the runner. It does not block. The other end blocks, as programs expect. */
export type PipeEnd = 'reader' | 'writer';

/** The file descriptors of a pipe. */
export interface PipeEnds {
  /** A FIFO has lost its name. */
  readonly kind: 'fifo' | 'pipe';
  readonly ours: PipeEnd;
  readonly reader: number;
  readonly writer: number;
}

/** Part of Node that is not public (`lib/net.js`, `src/stream_wrap.cc`). The test of this file notices if it changes. */
interface StreamHandle {
  /** Bytes that the stream has passed to libuv. */
  readonly bytesWritten: number;
  /** Bytes of these that libuv has not written to the pipe. */
  readonly writeQueueSize: number;
}

/** A pipe between the runner and a job. It is made before the job is known. */
export class JobPipe {
  readonly kind: PipeEnds['kind'];
  /** The runner's end. */
  readonly ours: PipeEnd;
  /** The descriptor of the runner's end, which the stream owns. */
  readonly descriptor: number;
  /** The descriptor of the other end. */
  readonly theirs: number;
  /** The runner's end as a stream. */
  readonly stream: Socket;
  /** Identifies the pipe in the job. */
  readonly file: InputFile;
  #onRead: (bytes: Uint8Array, length: number) => boolean = () => true;

  constructor({ kind, ours, reader, writer }: PipeEnds) {
    this.kind = kind;
    this.ours = ours;
    const fd = ours === 'reader' ? reader : writer;
    this.descriptor = fd;
    this.theirs = ours === 'reader' ? writer : reader;
    this.file = fstatSync(fd);
    // The stream makes its end non-blocking. `onread` passes each read(2) on without allocating a buffer. The constructor also takes it, although the types
    // have it for connect() only.
    const callback = (length: number, bytes: Uint8Array): boolean => this.#onRead(bytes, length);
    const options = { fd, readable: ours === 'reader', writable: ours === 'writer' };
    this.stream = new Socket(
      ours === 'reader' ? { ...options, ...{ onread: { buffer: outputBuffer, callback } } } : options,
    );
  }

  /** Bytes that were given to the stream, and that are not in the pipe yet. */
  get unsentBytes(): number {
    const { stream } = this;
    // `writableLength` counts the whole of a write of which the pipe has taken a part. Only the handle knows the rest.
    const handle = (stream as unknown as { readonly _handle: StreamHandle | null })._handle;
    if (handle === null) return 0;
    return stream.bytesWritten - handle.bytesWritten + handle.writeQueueSize;
  }

  /**
   * Calls back with what the job prints.
   *
   * @param onRead must not use the bytes after it returns. If it returns false, nothing is read until the stream is resumed
   */
  onRead(onRead: (bytes: Uint8Array, length: number) => boolean): void {
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
