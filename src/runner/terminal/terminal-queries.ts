import { splitOpenSequence } from '../../log/render/open-sequence.ts';

/** A query of a program to its terminal. */
export interface TerminalQuery {
  readonly text: string;
  /** Number of bytes of the piece before its end. */
  readonly end: number;
}

export interface TerminalState {
  readonly size: { readonly columns: number; readonly rows: number };
  /** The first row and column are 1. */
  readonly cursor: () => { readonly row: number; readonly column: number };
}

/* eslint-disable no-control-regex -- queries are escape sequences */

/**
 * Matches the queries that are answered (xterm control sequences): attributes (DA), status and cursor position (DSR),
 * modes (DECRQM), version (XTVERSION), size, colors, settings (DECRQSS) and capabilities (XTGETTCAP).
 */
const QUERY =
  /\x1b(?:\[(?:>?0?c|\??[56]n|\?\d{1,5}\$p|>0?q|18t)|\]1[012];\?(?:\x07|\x1b\\)|P[+$]q[^\x1b\x07]{0,100}\x1b\\)/g;
/** Matches the beginning of a query at the end of a piece of output. */
const BEGINNING =
  /\x1b(?:\[(?:>?0?|\??[56]?|\?\d{0,5}\$?|1|18)|\](?:1(?:[012](?:;(?:\?\x1b?)?)?)?)?|P(?:[+$](?:q[^\x1b\x07]{0,100}\x1b?)?)?)?$/;

/** Matches what shows no text: control characters, blanks and escape sequences. */
const UNSEEN =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x18\x1a\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])|[\x00-\x20\x7f]/g;

const ESC = 0x1b;
const DARK_COLORS: Readonly<Record<string, string>> = {
  10: 'cccc/cccc/cccc',
  11: '1e1e/1e1e/1e1e',
  12: 'cccc/cccc/cccc',
};

/** Finds the queries in output that comes in pieces. */
export class QueryFinder {
  /** The beginning of a query at the end of the last piece. */
  #open = '';

  find(piece: Buffer): TerminalQuery[] {
    if (this.#open === '' && piece.indexOf(ESC) < 0) return [];
    const before = this.#open.length;
    const text = this.#open + piece.toString('latin1');
    this.#open = BEGINNING.exec(text)?.[0] ?? '';
    return [...text.matchAll(QUERY)].map(({ 0: found, index }) => {
      return { text: found, end: index + found.length - before };
    });
  }
}

/** Returns the number of bytes of a piece of output before the end of its last text; 0 if it has none. */
export function textEnd(piece: Buffer): number {
  const [text] = splitOpenSequence(piece.toString('latin1'), Infinity);
  return text.replace(UNSEEN, ({ length }) => ' '.repeat(length)).trimEnd().length;
}

/** Returns what a terminal like that of VS Code answers. It does not have what it is asked for beyond the basics. */
export function answerTo(query: string, { size, cursor }: TerminalState): string {
  const [, mode] = /^\x1b\[\?(\d+)\$p$/.exec(query) ?? [];
  if (mode !== undefined) return `\x1b[?${mode};0$y`;
  const [, color = ''] = /^\x1b\](1[012]);/.exec(query) ?? [];
  if (color !== '')
    return `\x1b]${color};rgb:${DARK_COLORS[color]}${query.endsWith('\x07') ? '\x07' : '\x1b\\'}`;
  if (query.startsWith('\x1bP')) return `\x1bP0${query[2]}r\x1b\\`;
  if (query.startsWith('\x1b[>') && query.endsWith('c')) return '\x1b[>0;276;0c';
  if (query.endsWith('c')) return '\x1b[?1;2c';
  if (query.endsWith('q')) return '\x1bP>|background-jobs\x1b\\';
  if (query.endsWith('t')) return `\x1b[8;${size.rows};${size.columns}t`;
  const isPrivate = query.includes('?') ? '?' : '';
  if (query.endsWith('5n')) return `\x1b[${isPrivate}0n`;
  const { row, column } = cursor();
  return `\x1b[${isPrivate}${row};${column}R`;
}
