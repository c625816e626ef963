import { RegExpSyntaxError, RegExpValidator } from '@eslint-community/regexpp';
import { JobError } from '../../base/job-error.ts';
import { betweenSlashes, compilePattern, splitPattern } from '../../log/search/search-pattern.ts';

/** Characters of a pattern that are shown before the error. */
const MAX_SHOWN = 30;

/** @throws JobError that names the position, if the pattern is not a regular expression */
export function checkPattern(pattern: string): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    const reason = (error as Error).message.split(': ').at(-1) ?? '';
    throw new JobError(
      `The pattern is not a valid regular expression: ${reason}${place(pattern)}. Correct the pattern.`,
    );
  }
}

/** V8 does not report where a pattern is wrong. Another parser of the same grammar (ECMA-262) does. */
function place(pattern: string): string {
  const { source, start, flags, isUnicode } = splitPattern(pattern);
  const unicodeSets = flags.includes('v');
  try {
    const mode = { unicode: isUnicode && !unicodeSets, unicodeSets };
    new RegExpValidator().validatePattern(source, 0, source.length, mode);
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) return '';
    const position = start + error.index;
    return `, at position ${position}, after ${JSON.stringify(pattern.slice(Math.max(0, position - MAX_SHOWN), position))}`;
  }
  return '';
}

/** Returns a sentence about a pattern that has found nothing, if its slashes may be the reason. */
export function slashAdvice(pattern: string): string | undefined {
  const inner = betweenSlashes(pattern);
  return inner === undefined
    ? undefined
    : `The slashes of the regex are part of what is searched for. Without them, pass ${JSON.stringify(inner)}.`;
}
