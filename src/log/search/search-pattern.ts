/** Flags that a pattern may name at its beginning, as in `(?i)error`. */
const FLAGS = /^\(\?([ims]+)\)/;

/** What a pattern is made of. */
export interface PatternParts {
  readonly flags: string;
  /** A JavaScript regular expression. */
  readonly source: string;
}

/** Takes flags off the beginning of a pattern: JavaScript has no such form, but other dialects have. */
export function splitPattern(pattern: string): PatternParts {
  const [prefix = '', flags = ''] = FLAGS.exec(pattern) ?? [];
  return { flags: [...new Set(flags)].join(''), source: pattern.slice(prefix.length) };
}

/** @throws SyntaxError when it is no regular expression */
export function compilePattern(pattern: string): RegExp {
  const { flags, source } = splitPattern(pattern);
  return new RegExp(source, flags);
}
