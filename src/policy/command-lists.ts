/** One of the two lists, as somebody wrote it. */
export interface PatternList {
  /** What messages call it: the setting or the flag. */
  readonly name: string;
  /** As it was read: an array of regular expressions, unless somebody wrote something else. */
  readonly patterns: unknown;
}

/** Which commands may run. An empty list says nothing. */
export interface CommandLists {
  /** Every simple command must match one of these. */
  readonly allowed: PatternList;
  /** No simple command may match one of these. */
  readonly denied: PatternList;
  /** Why the lists cannot be trusted to be what was meant, as a sentence: then nothing runs. */
  readonly problem?: string | undefined;
}

/** Whether there is anything to judge by. What is no list of patterns counts: it is refused with its name. */
export function isAnySet({ allowed, denied, problem }: CommandLists): boolean {
  const isEmpty = ({ patterns }: PatternList): boolean =>
    patterns === undefined || patterns === null || (Array.isArray(patterns) && patterns.length === 0);
  return problem !== undefined || !isEmpty(allowed) || !isEmpty(denied);
}
