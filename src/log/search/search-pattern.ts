/** Characters of a pattern that a caller gives. */
export const MAX_PATTERN_LENGTH = 1000;

/** The flags that a pattern may begin with, as in `(?i)error`. */
const FLAGS = /^\(\?([imsuv]+)\)/;
/**
 * A regular expression as JavaScript code has it: `/error/i`. The text of a path must not look like one: there is no other
 * slash, except after a backslash or in a class, and one of the flags is `i` or `g`. So `/api/v1/` and `/tmp/s` are no code.
 */
const CODE = /^\/((?:[^\\/[]|\\.|\[(?:[^\\\]]|\\.)*\])+)\/(?=[dmsuvy]*[ig])([dgimsuvy]+)$/;
/** The same with any flags or none, which can be the text of a path, too. */
const SLASHES = /^\/((?:[^\\/[]|\\.|\[(?:[^\\\]]|\\.)*\])+)\/[dgimsuvy]*$/;
/** The flags that make no difference to whether a line matches. */
const OTHER_FLAGS = /[dgy]/g;
/** A part that means something else, or nothing, without a Unicode flag: `\p{…}` or `\u{…}`. */
const NEEDS_UNICODE = /(?<!\\)(?:\\\\)*\\(?:[pP]|u)\{/;

/** What a pattern is made of. */
export interface PatternParts {
  /** The flags that it names. */
  readonly flags: string;
  /** A JavaScript regular expression. */
  readonly source: string;
  /** Where it begins in the pattern. */
  readonly start: number;
  /** It names a Unicode flag, or needs one. */
  readonly isUnicode: boolean;
}

/**
 * Takes the flags from a pattern. They are at its beginning, as in other dialects than JavaScript, or at its end if the whole
 * is JavaScript code.
 */
export function splitPattern(pattern: string): PatternParts {
  const [, code, after = ''] = CODE.exec(pattern) ?? [];
  const [prefix = '', before = ''] = FLAGS.exec(pattern) ?? [];
  const start = code === undefined ? prefix.length : 1;
  const source = code ?? pattern.slice(start);
  const flags = [...new Set(code === undefined ? before : after.replace(OTHER_FLAGS, ''))].join('');
  return { flags, source, start, isUnicode: /[uv]/.test(flags) || NEEDS_UNICODE.test(source) };
}

/**
 * Returns what is between the slashes of a pattern such as `/error/`, which most likely stand for JavaScript code, but are
 * part of what is searched for. Undefined for any other pattern.
 */
export function betweenSlashes(pattern: string): string | undefined {
  return CODE.test(pattern) ? undefined : SLASHES.exec(pattern)?.[1];
}

/**
 * Compiles a pattern with the flag u or v if it is valid with one, so that it never matches half a character. Patterns
 * in the manner of other dialects, such as `foo\-bar`, are compiled without.
 *
 * @throws SyntaxError if it is not a regular expression
 */
export function compilePattern(pattern: string): RegExp {
  const { flags, source, isUnicode } = splitPattern(pattern);
  if (/[uv]/.test(flags)) return new RegExp(source, flags);
  const withU = tryCompile(source, `${flags}u`);
  if (withU instanceof RegExp) return withU;
  const withV = tryCompile(source, `${flags}v`);
  if (withV instanceof RegExp) return withV;
  if (isUnicode) throw withU;
  return new RegExp(source, flags);
}

function tryCompile(source: string, flags: string): RegExp | SyntaxError {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return error as SyntaxError;
  }
}
