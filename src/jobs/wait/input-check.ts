import { MIN_QUIET_MS } from '../../protocol/quiet-time.ts';
import { GUESS_QUIET_MS, type InputWait } from '../input/input-wait.ts';

/** Pauses between two looks at a job: the first after a change, and the longest while nothing changes. */
const FIRST_PAUSE_MS = MIN_QUIET_MS + 10;
const LONGEST_PAUSE_MS = GUESS_QUIET_MS / 4;
/** Share of the time that looks may take. Each reads all processes of the system. */
const MAX_LOOK_SHARE = 0.1;

interface InputCheckSource {
  readonly look: () => Promise<InputWait | undefined>;
  /** Returns a number that grows when the job prints. */
  readonly outputEnd: () => number;
}

/** Looks again and again whether a job waits for input, soon after it printed, then less often. */
export class InputCheck {
  readonly #source: InputCheckSource;
  #pauseMs = FIRST_PAUSE_MS;
  #end: number | undefined;
  #next = 0;

  constructor(source: InputCheckSource) {
    this.#source = source;
  }

  /** Pause until the next look, in ms. */
  get pauseMs(): number {
    return Math.max(1, this.#next - performance.now());
  }

  /** @returns undefined while the wait must continue */
  async run(): Promise<InputWait | undefined> {
    const end = this.#source.outputEnd();
    const begin = performance.now();
    if (this.#end !== undefined && end !== this.#end) {
      this.#pauseMs = FIRST_PAUSE_MS;
      // This runs for each piece of output, and a job that is printing does not wait.
      this.#next = Math.max(this.#next, begin + MIN_QUIET_MS);
    }
    this.#end = end;
    if (begin < this.#next) return undefined;
    const found = await this.#source.look();
    const now = performance.now();
    this.#next = now + Math.max(this.#pauseMs, (now - begin) / MAX_LOOK_SHARE);
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, LONGEST_PAUSE_MS);
    return found;
  }
}
