/**
 * Matches the sequences (ECMA-48) that a terminal sends for function keys and as replies to requests in the output. Without
 * this a job could send input to itself by such a request.
 */
const SEQUENCE =
  // eslint-disable-next-line no-control-regex -- sequences consist of control characters
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|O[ -~]|[ -/]*[0-~])/g;

/** Requests the status of the terminal (ECMA-48, DSR). It replies when it has drawn everything before the request. */
export const STATUS_REQUEST = '\x1b[5n';
export const STATUS_REPLY = '\x1b[0n';

interface TerminalInput {
  /** Text and control characters. */
  readonly keys: string;
  /** True if the terminal replied to our status request. */
  readonly isReply: boolean;
}

/** Separates the user's keys from replies of the terminal. */
export function readInput(data: string): TerminalInput {
  return { keys: data.replace(SEQUENCE, ''), isReply: data.includes(STATUS_REPLY) };
}

/**
 * Matches what a terminal sends by itself to a program that asked for it: reports of the cursor, its kind, its colors, its
 * modes and its size, and whether it has the focus. Shift+F3 looks like a report of the first row, and counts as a key.
 */
const REPORT =
  // eslint-disable-next-line no-control-regex -- sequences consist of control characters
  /\x1b(?:\[(?!1;[2-8]R)[?>=]?[\d;]*(?:\$y|[Rcnt])|\[\?\d+u|\[[IO]|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\))/g;

/** Returns what the user typed or did with the mouse, without what the terminal sent by itself. */
export function withoutReports(data: string): string {
  return data.replace(REPORT, '');
}
