/** Characters of a pattern that a caller gives. */
export const MAX_PATTERN_LENGTH = 1000;

/** The flags that a pattern may begin with, as in `(?i)error`. */
const FLAGS = /^\(\?([imsuv]+)\)/;
/** A part that means something else, or nothing, without a Unicode flag: `\p{…}` or `\u{…}`. */
const NEEDS_UNICODE = /(?<!\\)(?:\\\\)*\\(?:[pP]|u)\{/;

/** What a pattern is made of. */
export interface PatternParts {
  /** The flags that it names. */
  readonly flags: string;
  /** A JavaScript regular expression. */
  readonly source: string;
  /** It names a Unicode flag, or needs one. */
  readonly isUnicode: boolean;
}

/** Takes the flags from the beginning of a pattern. JavaScript does not have this form, but other dialects do. */
export function splitPattern(pattern: string): PatternParts {
  const [prefix = '', given = ''] = FLAGS.exec(pattern) ?? [];
  const flags = [...new Set(given)].join('');
  const source = pattern.slice(prefix.length);
  return { flags, source, isUnicode: /[uv]/.test(flags) || NEEDS_UNICODE.test(source) };
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
