import { setTimeout as delay } from 'node:timers/promises';
import { cursorAfter } from '../../log/render/cursor-position.ts';
import type { TerminalSize } from '../../protocol/job-record.ts';
import { answerTo, QueryFinder } from './terminal-queries.ts';

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

/** So much output is drawn to find the cursor. It is far more than a screen holds. */
const DRAWN_BYTES = 256 * 1024;
/** A program turns the echo off before it asks or, if it is careless, at once afterwards. */
const ECHO_PAUSE_MS = 20;
const ECHO_LOOKS = 5;

/**
 * Answers what the program asks its terminal while no viewer shows it. Without an answer, programs hang until a timeout, or
 * fail. A viewer answers by itself.
 */
export class QueryAnswers {
  readonly #source: AnswerSource;
  #finder = new QueryFinder();
  #viewers = 0;
  #answering = Promise.resolve();

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
    for (const query of this.#finder.find(piece)) {
      const answer = answerTo(query.text, {
        size: this.#source.size(),
        cursor: () => {
          const output = this.#source.outputBefore(end - piece.length + query.end, DRAWN_BYTES);
          // No query is found in UTF-16.
          return cursorAfter(output, this.#source.size(), this.#source.encoding);
        },
      });
      this.#answering = this.#answering.then(() => this.#send(answer));
    }
  }

  /** Sends an answer unless the terminal would show it: then the sequence came from a file that was printed, for example. */
  async #send(answer: string): Promise<void> {
    for (let looks = 0; looks < ECHO_LOOKS; looks++) {
      const isShown = this.#source.showsAnswers();
      if (isShown === undefined) return;
      if (!isShown) {
        this.#source.send(answer);
        return;
      }
      await delay(ECHO_PAUSE_MS, undefined, { ref: false });
    }
  }
}
