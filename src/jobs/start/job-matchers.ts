import { JobError } from '../../base/job-error.ts';
import { automaticMatchers } from '../../problems/automatic-matchers.ts';
import type { MatcherContributions } from '../../problems/matcher-definition.ts';
import { MatcherError } from '../../problems/matcher-error.ts';
import { resolvePaths } from '../../problems/matcher-paths.ts';
import { MatcherRegistry } from '../../problems/matcher-registry.ts';
import type { JobRecord, ReadyCondition } from '../../protocol/job-record.ts';
import type { ProblemMatcher } from '../../protocol/problem-matcher.ts';
import type { StartRequest } from './start-request.ts';

/** The variables that mean the folder of a job. */
const FOLDER = /\$\{(?:workspaceFolder|workspaceRoot|cwd)\}/g;

/** Picks the matchers by the programs in the command. */
const AUTOMATIC = 'auto';

/** Bytes of all matchers of a job. They are part of its record. */
const MAX_BYTES = 64 * 1024;

type MatchersRequest = Pick<StartRequest, 'command' | 'problems' | 'matchers'>;

/**
 * Returns the matchers of a new job, complete.
 *
 * @param cwd the folder of the job. Relative paths in its output are relative to it.
 * @param contributed returns what extensions contribute
 * @throws JobError if one cannot be used
 */
export function matchersOf(
  { command, problems = [], matchers = [] }: MatchersRequest,
  cwd: string,
  contributed?: () => MatcherContributions,
): readonly ProblemMatcher[] {
  const references = problems.flatMap((each) =>
    each === AUTOMATIC ? automaticMatchers(command, cwd) : [each],
  );
  if (references.length === 0) return matchers;
  try {
    const named = new MatcherRegistry(contributed?.()).resolve([...new Set(references)]);
    if (Buffer.byteLength(JSON.stringify(named)) > MAX_BYTES) {
      throw new JobError(
        `The problem matchers have more than ${MAX_BYTES} bytes. Use fewer or shorter ones.`,
      );
    }
    const resolved = named.map((each) => resolvePaths(each, (path) => path.replaceAll(FOLDER, () => cwd)));
    return [...resolved, ...matchers];
  } catch (error) {
    if (error instanceof MatcherError) throw new JobError(error.message);
    throw error;
  }
}

/** Returns when a watcher counts as ready: after each round. Undefined if no matcher tells where rounds begin and end. */
export function roundsCondition(matchers: readonly ProblemMatcher[]): ReadyCondition | undefined {
  const rounds = matchers.flatMap(({ background }) => background ?? []);
  if (rounds.length === 0) return undefined;
  const any = (patterns: readonly { readonly regexp: string }[]): string =>
    [...new Set(patterns.map(({ regexp }) => `(?:${regexp})`))].join('|');
  return {
    until: 'pattern',
    pattern: any(rounds.map(({ ends }) => ends)),
    busy: any(rounds.map(({ begins }) => begins)),
  };
}

/** Returns true for a watcher: its rounds say when it is ready, unless its caller has given another condition. */
export function hasRounds({ ready, matchers = [] }: JobRecord): boolean {
  return matchers.length > 0 && ready?.until === 'pattern' && ready.busy !== undefined;
}
