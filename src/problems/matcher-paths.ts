import type { FileLocation, ProblemMatcher } from '../protocol/problem-matcher.ts';

/** Changes the folders that a matcher names, to replace the variables in them. */
export function resolvePaths(matcher: ProblemMatcher, resolve: (path: string) => string): ProblemMatcher {
  return { ...matcher, fileLocation: resolveLocation(matcher.fileLocation, resolve) };
}

function resolveLocation(location: FileLocation, resolve: (path: string) => string): FileLocation {
  switch (location.kind) {
    case 'absolute':
      return location;
    case 'relative':
    case 'autoDetect':
      return { ...location, prefix: resolve(location.prefix) };
    case 'search':
      return {
        ...location,
        include: location.include.map((each) => resolve(each)),
        exclude: location.exclude.map((each) => resolve(each)),
      };
  }
}
