/** What a group of a pattern can capture. */
export const PATTERN_GROUPS = [
  'file',
  'location',
  'line',
  'column',
  'endLine',
  'endColumn',
  'severity',
  'code',
  'message',
] as const;
