import { setImmediate } from 'node:timers/promises';
import { cursorAfter } from '../../log/render/cursor-position.ts';
import type { TerminalSize } from '../../protocol/job-record.ts';
import { answerTo, QueryFinder, textEnd } from './terminal-queries.ts';

interface AnswerSource {
  /** Whether the terminal would show an answer that is sent now. Undefined once the job has ended. */
  readonly showsAnswers: () => boolean | undefined;
  readonly size: () => TerminalSize;
  /** The encoding of the output, a name that `encodingNamed()` returned; by default UTF-8. */
  readonly encoding?: string | undefined;
  /** Reads the last bytes of output up to a cursor. */
  readonly outputBefore: (end: number, maxBytes: number) => Buffer;
  readonly send: (text: string) => void;
}

interface PrintedQuery {
  readonly text: string;
  /** Cursor behind it. */
  readonly end: number;
}

interface WaitingQuery extends PrintedQuery {
  /** How often the echo is still looked at. */
  looks: number;
}

/** So much output is drawn to find the cursor. It is far more than a screen holds. */
const DRAWN_BYTES = 256 * 1024;
/** A program turns the echo off before it asks or, if it is careless, at once afterwards. */
const ECHO_PAUSE_MS = 20;
const ECHO_LOOKS = 5;
/** Far more than a program asks before it reads an answer. */
const MAX_QUERIES = 1000;

/**
 * Answers what the program asks its terminal while no viewer shows it. Without an answer, programs hang until a timeout, or
 * fail. A viewer answers by itself.
 *
 * A query that is read while the terminal echoes is answered only if the echo is turned off at once and no text follows
 * before. Otherwise it came from a file that was printed, for example, and a later program would get the answer as if a
 * person had typed it.
 */
export class QueryAnswers {
  readonly #source: AnswerSource;
  #finder = new QueryFinder();
  #viewers = 0;
  /** The last queries that were read while the terminal echoed. */
  #waiting: WaitingQuery[] = [];
  #looking: NodeJS.Timeout | undefined;
  /** Queries to answer. */
  readonly #due: PrintedQuery[] = [];
  #isAnswering = false;

  constructor(source: AnswerSource) {
    this.#source = source;
  }

  viewerCame(): void {
    this.#viewers++;
    this.#finder = new QueryFinder();
  }

  viewerLeft(): void {
    this.#viewers--;
  }

  /** @param end cursor behind the piece of output */
  take(piece: Buffer, end: number): void {
    if (this.#viewers > 0) return;
    const found = this.#finder.find(piece);
    if (found.length === 0 && this.#waiting.length === 0) return;
    const start = end - piece.length;
    const queries = found.map((query) => ({ text: query.text, end: start + query.end, looks: ECHO_LOOKS }));
    this.#waiting.push(...queries);
    if (this.#answerIfHidden()) return;
    const shown = textEnd(piece);
    if (shown > 0) this.#waiting = this.#waiting.filter((query) => query.end >= start + shown);
    this.#waiting = this.#waiting.slice(-MAX_QUERIES);
    if (this.#waiting.length > 0) this.#looking ??= setInterval(() => this.#look(), ECHO_PAUSE_MS).unref();
  }

  /** Drops the queries after which the echo was not turned off. */
  #look(): void {
    if (!this.#answerIfHidden()) this.#waiting = this.#waiting.filter((query) => --query.looks > 0);
    if (this.#waiting.length > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** @returns false if the terminal would show the answers */
  #answerIfHidden(): boolean {
    const isShown = this.#showsAnswers;
    if (isShown === true) return false;
    const queries = this.#waiting;
    this.#waiting = [];
    if (isShown === undefined) return true;
    this.#due.push(...queries.slice(0, MAX_QUERIES - this.#due.length));
    void this.#answerDue();
    return true;
  }

  /** Other jobs have a turn after each answer, since it takes milliseconds to find the cursor. */
  async #answerDue(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    try {
      for (let query = this.#due.shift(); query !== undefined; query = this.#due.shift()) {
        // The echo may be on again.
        if (this.#showsAnswers !== false) continue;
        try {
          this.#source.send(this.#answerTo(query));
        } catch (error) {
          // The queries behind it do not have to wait for the next one.
          console.error(error);
        }
        await setImmediate();
      }
    } finally {
      this.#isAnswering = false;
    }
  }

  get #showsAnswers(): boolean | undefined {
    try {
      return this.#source.showsAnswers();
    } catch {
      // The shell has exited, so the system has hung up the terminal.
      return undefined;
    }
  }

  #answerTo({ text, end }: PrintedQuery): string {
    const { size, encoding, outputBefore } = this.#source;
    return answerTo(text, {
      size: size(),
      // No query is found in UTF-16.
      cursor: () => cursorAfter(outputBefore(end, DRAWN_BYTES), size(), encoding),
    });
  }
}
