/**
 * Sequences that a terminal sends for keys that are no text, and in answer to questions in the output (their forms:
 * ECMA-48). A job must not be able to type to itself by asking.
 */
const SEQUENCE =
  // eslint-disable-next-line no-control-regex -- that is what they are made of
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|O[ -~]|[ -/]*[0-~])/g;

/** Asks the terminal whether it is well (ECMA-48, DSR). It answers when it has drawn all that came before. */
export const QUESTION = '\x1b[5n';
const ANSWER = '\x1b[0n';

export interface TerminalInput {
  /** Text and control characters. */
  readonly keys: string;
  /** The terminal answered our question. */
  readonly isAnswer: boolean;
}

/** Tells apart what came from a person and what the terminal itself sent. */
export function readInput(data: string): TerminalInput {
  return { keys: data.replace(SEQUENCE, ''), isAnswer: data.includes(ANSWER) };
}
