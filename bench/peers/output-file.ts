/** Reads the output file of a server that has no other means to read output than its file. */
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, openSync, readSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** More than the last lines that any row asks for. */
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

  /** What is new; waits (inotify) until there is something. */
  async read(): Promise<string> {
    for (;;) {
      // Watched before it is looked at: what is written in between is an event.
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
