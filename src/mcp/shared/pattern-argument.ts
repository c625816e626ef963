import { RegExpSyntaxError, RegExpValidator } from '@eslint-community/regexpp';
import { JobError } from '../../base/job-error.ts';
import { compilePattern, splitPattern } from '../../log/search/search-pattern.ts';

/** Characters shown of a pattern before the place where it goes wrong. */
const MAX_SHOWN = 30;

/** @throws JobError that names the position, when it is no regular expression */
export function checkPattern(pattern: string): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    const reason = (error as Error).message.split(': ').at(-1) ?? '';
    throw new JobError(
      `The pattern is no valid regular expression: ${reason}${place(pattern)}. Correct the pattern.`,
    );
  }
}

/** V8 does not tell where a pattern is wrong; another reader of the same grammar (ECMA-262) does. */
function place(pattern: string): string {
  const { source } = splitPattern(pattern);
  try {
    new RegExpValidator().validatePattern(source);
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) return '';
    const position = pattern.length - source.length + error.index;
    return `, at position ${position}, after ${JSON.stringify(pattern.slice(Math.max(0, position - MAX_SHOWN), position))}`;
  }
  return '';
}
