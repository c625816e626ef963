/** Reads the output file of a server that has no other way to read output. */
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, openSync, readSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** More bytes than the last lines of any row. */
const TAIL_BYTES = 64 * 1024;
/** Bytes that one read returns at most. */
const READ_BYTES = 1024 * 1024;

function readFrom(path: string, begin: (size: number) => number): { text: string; end: number } {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(0, begin(size));
    const buffer = Buffer.alloc(Math.min(READ_BYTES, Math.max(0, size - from)));
    const length = readSync(fd, buffer, 0, buffer.length, from);
    return { text: buffer.toString('utf8', 0, length), end: from + length };
  } finally {
    closeSync(fd);
  }
}

export class OutputFile {
  readonly path: string;
  #offset = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Returns new output. Waits (inotify) until there is some. */
  async read(): Promise<string> {
    for (;;) {
      // Watch before reading, so that a write in between is an event.
      const watcher = watch(existsSync(this.path) ? this.path : dirname(this.path));
      try {
        const changed = once(watcher, 'change');
        if (existsSync(this.path)) {
          const { text, end } = readFrom(this.path, () => this.#offset);
          this.#offset = end;
          if (text !== '') return text;
        }
        await changed;
      } finally {
        watcher.close();
      }
    }
  }

  tail(lines: number): string {
    return readFrom(this.path, (size) => size - TAIL_BYTES)
      .text.trimEnd()
      .split('\n')
      .slice(-lines)
      .join('\n');
  }
}
