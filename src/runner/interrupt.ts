import { constants } from 'node:os';
import type { EndedBy } from '../protocol/job-record.ts';

interface Sent {
  readonly signal: NodeJS.Signals;
  readonly by: EndedBy;
  /** By the monotonic clock, in ms. Infinite while it is being sent. */
  readonly time: number;
}

/** Keys that make a terminal send a signal: the defaults of VINTR and VQUIT in termios(3). */
const KEYS: Readonly<Record<string, NodeJS.Signals>> = { '\x03': 'SIGINT', '\x1c': 'SIGQUIT' };

/** STATUS_CONTROL_C_EXIT: a program of Windows that does not handle Ctrl+C exits with it. */
const CONTROL_C_EXIT_CODE = 0xc000013a;

/** The last interrupt of a job, which may be the cause of its end. */
export class Interrupt {
  #sent: Sent | undefined;

  sent(signal: NodeJS.Signals, by: EndedBy): void {
    this.#sent = { signal, by, time: performance.now() };
  }

  /** Interrupts the job in a way that takes a moment, such as through a helper process. An end in the meantime counts. */
  async sending(signal: NodeJS.Signals, by: EndedBy, send: () => Promise<boolean>): Promise<boolean> {
    const previous = this.#sent;
    this.#sent = { signal, by, time: Infinity };
    const isSent = await send();
    if (isSent) this.sent(signal, by);
    else this.#sent = previous;
    return isSent;
  }

  /** Takes note of what was typed into a terminal that sends signals. What follows an interrupt was read by a survivor. */
  typed(text: string, by: EndedBy): void {
    const signal = KEYS[text.at(-1) ?? ''];
    if (signal !== undefined) this.sent(signal, by);
    else if (text !== '') this.#sent = undefined;
  }

  /** Returns who interrupted the job, if it ended because of that: of the signal, or within its grace. */
  causeOf(code: number | null, signal: NodeJS.Signals | null, graceMs: number): EndedBy | undefined {
    if (this.#sent === undefined) return undefined;
    const { signal: sent, by, time } = this.#sent;
    // A shell reports a command that died of a signal as 128 and its number.
    const isOfSignal =
      signal === sent || code === 128 + constants.signals[sent] || code === CONTROL_C_EXIT_CODE;
    return isOfSignal || performance.now() - time <= graceMs ? by : undefined;
  }
}
