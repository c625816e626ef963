import { JobError } from '../base/job-error.ts';
import { automaticMatchers } from '../problems/automatic-matchers.ts';
import type { MatcherContributions } from '../problems/matcher-definition.ts';
import { MatcherError } from '../problems/matcher-error.ts';
import { resolvePaths } from '../problems/matcher-paths.ts';
import { MatcherRegistry } from '../problems/matcher-registry.ts';
import type { ProblemMatcher } from '../protocol/problem-matcher.ts';

/** The variables that mean the folder of a job. */
const FOLDER = /\$\{(?:workspaceFolder|workspaceRoot|cwd)\}/g;

/** Picks the matchers by the programs in the command. */
const AUTOMATIC = 'auto';

/** Bytes of all matchers of a job. They are part of its record. */
const MAX_BYTES = 64 * 1024;

interface MatchersRequest {
  /** Names, definitions as in tasks.json, and `auto`. */
  readonly problems: readonly unknown[];
  readonly command: string;
  /** The folder of the job. Relative paths in its output are relative to it. */
  readonly cwd: string;
  /** What extensions contribute. */
  readonly contributed?: MatcherContributions | undefined;
}

/** Returns the matchers of a new job, complete. @throws JobError if one cannot be used */
export function matchersOf({ problems, command, cwd, contributed }: MatchersRequest): ProblemMatcher[] {
  const references = problems.flatMap((each) =>
    each === AUTOMATIC ? automaticMatchers(command, cwd) : [each],
  );
  try {
    const matchers = new MatcherRegistry(contributed).resolve([...new Set(references)]);
    if (Buffer.byteLength(JSON.stringify(matchers)) > MAX_BYTES) {
      throw new JobError(
        `The problem matchers have more than ${MAX_BYTES} bytes. Use fewer or shorter ones.`,
      );
    }
    return matchers.map((matcher) => resolvePaths(matcher, (path) => path.replaceAll(FOLDER, () => cwd)));
  } catch (error) {
    if (error instanceof MatcherError) throw new JobError(error.message);
    throw error;
  }
}
