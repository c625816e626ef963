import type { PipeEnd, PipeEnds } from '../job-pipe.ts';
import type { CLibrary } from './c-library.ts';

/** O_CLOEXEC in asm-generic/fcntl.h. Other processes that the runner starts must not inherit the ends. */
const CLOSE_ON_EXEC = 0o2000000;

/** Makes pipes by pipe2(2) (Linux), for which Node has no function. */
export class PipeMaker {
  readonly #pipe: (...args: readonly unknown[]) => number;

  constructor({ declare }: CLibrary) {
    this.#pipe = declare('int pipe2(_Out_ int *, int)');
  }

  /** Returns the ends of a new pipe. Undefined if there are no more descriptors. */
  open(ours: PipeEnd): PipeEnds | undefined {
    const ends = new Int32Array(2);
    if (this.#pipe(ends, CLOSE_ON_EXEC) !== 0) return undefined;
    const [reader = -1, writer = -1] = ends;
    return { kind: 'pipe', ours, reader, writer };
  }
}
