import { constants } from 'node:os';
import type { EndedBy } from '../protocol/job-record.ts';
import type { WriteResult } from '../protocol/messages.ts';

interface Sent {
  readonly signal: NodeJS.Signals;
  readonly by: EndedBy;
  /** By the monotonic clock, in ms. Infinite while it is being sent. */
  time: number;
}

interface Typed {
  readonly text: string;
  /** The end of file follows the text. */
  readonly eof: boolean;
  /** The input goes to a terminal that turns keys into signals at present. */
  readonly hasSignals: boolean;
  readonly by: EndedBy;
}

/** Keys that make a terminal send a signal: the defaults of VINTR and VQUIT in termios(3). */
const KEYS: Readonly<Record<string, NodeJS.Signals>> = { '\x03': 'SIGINT', '\x1c': 'SIGQUIT' };

/** STATUS_CONTROL_C_EXIT: a program of Windows that does not handle Ctrl+C exits with it. */
const CONTROL_C_EXIT_CODE = 0xc000013a;

/** The last interrupt of a job, which may be the cause of its end. */
export class Interrupt {
  #sent: Sent | undefined;
  /** Input followed, so the job survived the interrupt as far as is known. */
  #isAnswered = false;

  sent(signal: NodeJS.Signals, by: EndedBy): void {
    this.#set({ signal, by, time: performance.now() });
  }

  /** Interrupts the job in a way that takes a moment, such as through a helper process. An end in the meantime counts. */
  async sending(signal: NodeJS.Signals, by: EndedBy, send: () => Promise<boolean>): Promise<boolean> {
    const sent: Sent = { signal, by, time: Infinity };
    const undo = this.#set(sent);
    let isSent = false;
    try {
      isSent = await send();
      return isSent;
    } finally {
      if (isSent) sent.time = performance.now();
      else undo();
    }
  }

  /** Takes note of input while it is sent. Input that was refused does not count. */
  async typing(typed: Typed, send: () => Promise<WriteResult>): Promise<WriteResult> {
    const undo = this.#note(typed);
    let result: WriteResult | undefined;
    try {
      result = await send();
      return result;
    } finally {
      if (result !== 'written') undo();
    }
  }

  /**
   * Returns who interrupted the job, if it ended because of that: of the signal, or within its grace. A job that got other
   * input after the interrupt has survived it, so only a death of the signal counts then.
   */
  causeOf(code: number | null, signal: string | null, graceMs: number): EndedBy | undefined {
    if (this.#sent === undefined) return undefined;
    const { signal: sent, by, time } = this.#sent;
    if (signal === sent || code === CONTROL_C_EXIT_CODE) return by;
    if (this.#isAnswered) return undefined;
    // A shell reports a command that died of a signal as 128 and its number.
    const isReported = code === 128 + constants.signals[sent];
    return isReported || performance.now() - time <= graceMs ? by : undefined;
  }

  #note({ text, eof, hasSignals, by }: Typed): () => void {
    const last = hasSignals ? Math.max(...Object.keys(KEYS).map((key) => text.lastIndexOf(key))) : -1;
    const signal = KEYS[text[last] ?? ''];
    if (signal !== undefined)
      return this.#set({ signal, by, time: performance.now() }, eof || last < text.length - 1);
    // Ctrl+C that is pressed again, and reaches the program as a character, still asks it to end.
    const isAnswer = eof || text.split('').some((key) => KEYS[key] === undefined);
    return this.#set(this.#sent, this.#isAnswered || isAnswer);
  }

  /** @returns a function that takes this back, unless more was noted since */
  #set(sent: Sent | undefined, isAnswered = false): () => void {
    const [previous, wasAnswered] = [this.#sent, this.#isAnswered];
    this.#sent = sent;
    this.#isAnswered = isAnswered;
    return () => {
      if (this.#sent !== sent) return;
      this.#sent = previous;
      this.#isAnswered = wasAnswered;
    };
  }
}
