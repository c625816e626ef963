/** A problem pattern as it is written in tasks.json or in the manifest of an extension. Not checked. */
export interface PatternDefinition {
  readonly name?: unknown;
  readonly patterns?: unknown;
  readonly regexp?: unknown;
  readonly kind?: unknown;
  readonly loop?: unknown;
  readonly [group: string]: unknown;
}

/** A problem matcher as it is written in tasks.json or in the manifest of an extension. Not checked. */
export interface MatcherDefinition {
  readonly name?: unknown;
  readonly base?: unknown;
  readonly owner?: unknown;
  readonly source?: unknown;
  readonly applyTo?: unknown;
  readonly fileLocation?: unknown;
  readonly severity?: unknown;
  readonly pattern?: unknown;
  readonly background?: unknown;
  readonly watching?: unknown;
  readonly watchedTaskBeginsRegExp?: unknown;
  readonly watchedTaskEndsRegExp?: unknown;
}

/** What extensions contribute, or the matchers that come with this one. */
export interface MatcherContributions {
  readonly patterns: readonly PatternDefinition[];
  readonly matchers: readonly MatcherDefinition[];
}
