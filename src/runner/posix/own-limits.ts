import type { CLibrary } from './c-library.ts';
import type { SoftLimits } from './limit-setter.ts';

/** RLIMIT_NOFILE and RLIMIT_LOCKS in asm-generic/resource.h */
const OPEN_FILES = 7;
const LOCKS = 10;

/** Changes the soft limits of this process, so that a process that it starts inherits them (getrlimit(2)). */
export class OwnLimits {
  readonly #get: ReturnType<CLibrary['declare']>;
  readonly #set: ReturnType<CLibrary['declare']>;

  constructor({ declare }: CLibrary) {
    // Its fields have 64 bits on all systems. In musl, those of the other function have, too.
    const suffix = hasFunction(declare, 'int setrlimit64(int, void *)') ? '64' : '';
    this.#get = declare(`int getrlimit${suffix}(int, _Out_ void *)`);
    this.#set = declare(`int setrlimit${suffix}(int, void *)`);
    // A runner that was started within a job must not carry the mark of that job.
    this.#change(LOCKS, (_soft, hard) => hard);
  }

  /** Does something that takes no turn of the event loop with other limits. One that may not be set stays as it is. */
  during<Result>({ locks, openFiles }: SoftLimits, action: () => Result): Result {
    const previous = [
      [LOCKS, this.#change(LOCKS, (soft) => locks ?? soft)],
      [OPEN_FILES, this.#change(OPEN_FILES, (soft) => openFiles ?? soft)],
    ] as const;
    try {
      return action();
    } finally {
      for (const [resource, soft] of previous) if (soft !== undefined) this.#change(resource, () => soft);
    }
  }

  /** @returns the soft limit before, if it was changed */
  #change(resource: number, next: (soft: bigint, hard: bigint) => bigint): bigint | undefined {
    // struct rlimit: the soft and the hard limit.
    const limits = Buffer.alloc(16);
    if (this.#get(resource, limits) !== 0) return undefined;
    const values = new BigUint64Array(limits.buffer, limits.byteOffset, 2);
    const [soft, hard] = values as unknown as [bigint, bigint];
    values[0] = next(soft, hard);
    return values[0] !== soft && this.#set(resource, limits) === 0 ? soft : undefined;
  }
}

function hasFunction(declare: CLibrary['declare'], prototype: string): boolean {
  try {
    declare(prototype);
    return true;
  } catch {
    return false;
  }
}
