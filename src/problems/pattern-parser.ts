import { quote } from '../base/quoted-text.ts';
import type { LinePattern } from '../protocol/problem-matcher.ts';
import type { PatternDefinition } from './matcher-definition.ts';
import { MatcherError } from './matcher-error.ts';
import { PATTERN_GROUPS } from './pattern-groups.ts';

/** Characters of a regular expression that an error shows. */
const MAX_SHOWN = 200;

/**
 * Reads the value of `pattern`: an object, a list of them for several lines, or the name of a pattern.
 *
 * @param named returns the pattern with a name, without `$`
 * @throws MatcherError if it cannot be used
 */
export function parsePattern(
  value: unknown,
  named: (name: string) => PatternDefinition | undefined,
): readonly LinePattern[] {
  if (typeof value === 'string') {
    const found = named(value.replace(/^\$/, ''));
    if (found === undefined) {
      throw new MatcherError(`There is no problem pattern ${quote(value)}. Write the pattern as an object.`);
    }
    return parsePattern(found.patterns ?? found, named);
  }
  const isList = Array.isArray(value);
  const definitions = (isList ? value : [value]) as readonly unknown[];
  const patterns = definitions.map((each) => parseLine(each));
  if (patterns.length === 0) throw new MatcherError('The list of patterns is empty. Give at least one.');
  const early = patterns.slice(0, -1).find(({ loop }) => loop === true);
  if (early !== undefined)
    throw new MatcherError('Only the last pattern can have "loop". Remove it from the others.');
  if (patterns.slice(1).some(({ kind }) => kind !== undefined))
    throw new MatcherError('Only the first pattern can have "kind". Remove it from the others.');
  return checkGroups(isList ? patterns : patterns.map(withDefaults));
}

/** @throws MatcherError with the position, if it is not a regular expression */
export function checkRegexp(regexp: unknown, what: string): string {
  if (typeof regexp !== 'string' || regexp === '')
    throw new MatcherError(`${what} has no regular expression. Give it "regexp" as text.`);
  try {
    new RegExp(regexp);
  } catch (error) {
    const reason = (error as Error).message.split(': ').at(-1) ?? '';
    throw new MatcherError(
      `${what} is not a valid regular expression: ${quote(regexp, MAX_SHOWN)}: ${reason}. Correct it.`,
    );
  }
  return regexp;
}

function parseLine(value: unknown): LinePattern {
  if (typeof value !== 'object' || value === null)
    throw new MatcherError('A pattern is missing. Give an object with "regexp", or the name of a pattern.');
  const definition = value as PatternDefinition;
  const regexp = checkRegexp(definition.regexp, 'The pattern');
  const groups = PATTERN_GROUPS.map((name) => [name, definition[name]] as const).filter(
    ([, group]) => typeof group === 'number',
  );
  const kind = typeof definition.kind === 'string' ? definition.kind.toLowerCase() : undefined;
  return {
    regexp,
    ...(Object.fromEntries(groups) as Partial<LinePattern>),
    ...((kind === 'file' || kind === 'location') && { kind }),
    ...(definition.loop === true && { loop: true }),
  };
}

/** The groups of a single pattern that are not given. */
function withDefaults(pattern: LinePattern): LinePattern {
  const hasPlace = (pattern.location ?? 0) > 0 || pattern.kind === 'file';
  return { file: 1, message: 0, ...(!hasPlace && { line: 2, column: 3 }), ...pattern };
}

function checkGroups(patterns: readonly LinePattern[]): readonly LinePattern[] {
  const has = (...names: (typeof PATTERN_GROUPS)[number][]): boolean =>
    patterns.some((pattern) => names.some((name) => pattern[name] !== undefined));
  if (!has('file') || !has('message'))
    throw new MatcherError('The pattern needs a group for "file" and one for "message". Add them.');
  if (patterns[0]!.kind !== 'file' && !has('line', 'location')) {
    throw new MatcherError(
      'The pattern needs a group for "line" or "location", or "kind": "file". Add one of them.',
    );
  }
  return patterns;
}
