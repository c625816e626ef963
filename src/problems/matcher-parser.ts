import { quote } from '../base/quoted-text.ts';
import type {
  FileLocation,
  ProblemMatcher,
  RoundPattern,
  RoundPatterns,
  Severity,
} from '../protocol/problem-matcher.ts';
import type { MatcherDefinition, PatternDefinition } from './matcher-definition.ts';
import { MatcherError } from './matcher-error.ts';
import { checkRegexp, parsePattern } from './pattern-parser.ts';

/** Where names in a definition are looked up, without `$`. */
export interface KnownDefinitions {
  readonly pattern: (name: string) => PatternDefinition | undefined;
  /** Several matchers can have one name. @throws MatcherError if there is none */
  readonly matchers: (name: string) => readonly ProblemMatcher[];
}

/** The prefix of relative paths in a matcher that names none. */
const WORKSPACE_FOLDER = '${workspaceFolder}';

const APPLY_TO = ['allDocuments', 'openDocuments', 'closedDocuments'] as const;

/** Completes the definition of a matcher. Variables in it stay. @throws MatcherError if it cannot be used */
export function parseMatcher(definition: MatcherDefinition, known: KnownDefinitions): ProblemMatcher[] {
  const { base, owner, source, applyTo, fileLocation, severity, pattern } = definition;
  const parts = {
    ...(typeof owner === 'string' && owner !== '' && { owner }),
    ...(typeof source === 'string' && { source }),
    ...(applyTo !== undefined && { applyTo: oneOf(APPLY_TO, applyTo) ?? 'allDocuments' }),
    ...(fileLocation !== undefined && { fileLocation: parseLocation(fileLocation) }),
    ...(severity !== undefined && { severity: severityNamed(severity) ?? 'error' }),
    ...(pattern !== undefined && { patterns: parsePattern(pattern, known.pattern) }),
  };
  const background = parseBackground(definition);
  if (base !== undefined) {
    if (typeof base !== 'string') throw new MatcherError('"base" is not a name. Give one such as "$tsc".');
    return known.matchers(base.replace(/^\$/, '')).map(({ name: _, ...inherited }) => ({
      ...inherited,
      ...parts,
      ...(background && { background }),
    }));
  }
  if (parts.patterns === undefined)
    throw new MatcherError('The problem matcher has no "pattern". Give one, or the name of a "base".');
  return [
    {
      owner: 'external',
      applyTo: 'allDocuments',
      fileLocation: { kind: 'relative', prefix: WORKSPACE_FOLDER },
      ...parts,
      patterns: parts.patterns,
      ...(background && { background }),
    },
  ];
}

/** Returns the severity that a word stands for. */
export function severityNamed(word: unknown): Severity | undefined {
  if (typeof word !== 'string') return undefined;
  if (/^warn(ing)?$/i.test(word) || word === 'W') return 'warning';
  if (/^(info|hint|note)$/i.test(word) || word === 'I') return 'info';
  return /^error$/i.test(word) || word === 'E' ? 'error' : undefined;
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  const text = String(value).toLowerCase();
  return values.find((each) => each.toLowerCase() === text);
}

const KINDS = ['absolute', 'relative', 'autoDetect', 'search'] as const;

function parseLocation(value: unknown): FileLocation {
  const [first, second] = Array.isArray(value) ? (value as unknown[]) : [value];
  const kind = oneOf(KINDS, first);
  switch (kind) {
    case 'absolute':
      return { kind };
    case 'relative':
    case 'autoDetect':
      return { kind, prefix: typeof second === 'string' && second !== '' ? second : WORKSPACE_FOLDER };
    case 'search': {
      const { include = WORKSPACE_FOLDER, exclude = [] } = (second ?? {}) as Record<string, unknown>;
      return { kind, include: texts(include), exclude: texts(exclude) };
    }
    case undefined:
      throw new MatcherError(
        `${quote(String(first))} is not a file location. Use ${KINDS.slice(0, -1).join(', ')} or search.`,
      );
  }
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((each) => typeof each === 'string');
}

function parseBackground(definition: MatcherDefinition): RoundPatterns | undefined {
  const { watchedTaskBeginsRegExp: oldBegins, watchedTaskEndsRegExp: oldEnds } = definition;
  const value: unknown = definition.background ?? definition.watching;
  if (value === undefined || value === null) {
    if (oldBegins === undefined || oldEnds === undefined) return undefined;
    return roundPatterns(false, oldBegins, oldEnds);
  }
  const { activeOnStart, beginsPattern, endsPattern } = value as Record<string, unknown>;
  const missing = [
    ...(isGiven(beginsPattern) ? [] : ['beginsPattern']),
    ...(isGiven(endsPattern) ? [] : ['endsPattern']),
  ];
  if (missing.length > 0) {
    throw new MatcherError(
      `"background" has no ${missing.join(' and no ')}. Give both: the lines that begin and end a round.`,
    );
  }
  return roundPatterns(activeOnStart === true, beginsPattern, endsPattern);
}

function isGiven(pattern: unknown): boolean {
  return pattern !== undefined && pattern !== null && pattern !== '';
}

function roundPatterns(activeOnStart: boolean, begins: unknown, ends: unknown): RoundPatterns {
  return {
    activeOnStart,
    begins: roundPattern(begins, 'The beginsPattern'),
    ends: roundPattern(ends, 'The endsPattern'),
  };
}

function roundPattern(value: unknown, what: string): RoundPattern {
  const { regexp, file } = (
    typeof value === 'object' && value !== null ? value : { regexp: value }
  ) as Record<string, unknown>;
  return { regexp: checkRegexp(regexp, what), ...(typeof file === 'number' && { file }) };
}
