import { constants } from 'node:os';
import type { CLibrary } from './c-library.ts';

/** How a process ended: exactly one of the two, or neither if it is not known. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** WNOHANG of waitpid(2) */
const NO_WAIT = 1;
/** The longest timer of Node, in ms. */
const LONG_MS = 2 ** 31 - 1;

/**
 * Learns of the end of child processes that Node has not started. Node asks for its own ones by their pid (uv_spawn in
 * libuv), so neither takes a status from the other.
 */
export class ChildExits {
  readonly #waitpid: ReturnType<CLibrary['declare']>;
  readonly #waiting = new Map<number, (end: ChildEnd) => void>();
  /** A listener for a signal does not keep this process alive. */
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(library: CLibrary) {
    this.#waitpid = library.declare('int waitpid(int, _Out_ int *, int)');
    process.on('SIGCHLD', () => this.#look());
  }

  /** Settles when a child has ended. Call it in the same turn of the event loop in which it was started. */
  of(pid: number): Promise<ChildEnd> {
    this.#keepAlive ??= setInterval(() => undefined, LONG_MS);
    return new Promise((resolve) => this.#waiting.set(pid, resolve));
  }

  /** Several children may have ended for one signal (signal(7)), so all are asked for. */
  #look(): void {
    const status: [number] = [0];
    for (const [pid, resolve] of this.#waiting) {
      const result = this.#waitpid(pid, status, NO_WAIT);
      if (result === 0) continue;
      this.#waiting.delete(pid);
      resolve(result === pid ? endOf(status[0]) : { code: null, signal: null });
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#keepAlive);
    this.#keepAlive = undefined;
  }
}

/** Reads a status of wait(2). */
function endOf(status: number): ChildEnd {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff, signal: null } : { code: null, signal: nameOf(signal) };
}

/** First of the real-time signals for programs (signal(7)). They have no names in Node. */
const FIRST_REAL_TIME_SIGNAL = 34;

function nameOf(signal: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  if (name !== undefined) return name;
  const above = signal - FIRST_REAL_TIME_SIGNAL;
  return above === 0 ? 'SIGRTMIN' : `SIGRTMIN+${above}`;
}
