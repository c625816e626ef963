import { basename } from 'node:path';

interface BufferingFilter {
  readonly pid: number;
  readonly command: string;
  /** What to use instead. */
  readonly advice: string;
}

interface FilterKind {
  readonly names: readonly string[];
  /** Matches the arguments with which the filter writes each line at once. */
  readonly unbuffered?: RegExp;
  /** What to use instead. By default stdbuf(1). */
  readonly advice?: string;
}

/** Programs that pass lines on while they read, and hold output back in a buffer unless they write to a terminal. */
const FILTERS: readonly FilterKind[] = [
  {
    names: ['grep', 'egrep', 'fgrep', 'ggrep'],
    unbuffered: /\s--line-buf/,
    advice: 'grep --line-buffered',
  },
  { names: ['rg'], unbuffered: /\s--line-buffered/, advice: 'rg --line-buffered' },
  { names: ['sed', 'gsed'], unbuffered: /\s(-[a-zA-Z]*[ul]|--(un|line-)buffered)(\s|$)/, advice: 'sed -u' },
  { names: ['jq'], unbuffered: /\s--unbuffered/, advice: 'jq --unbuffered' },
  {
    names: ['awk', 'gawk', 'mawk', 'nawk'],
    unbuffered: /fflush|-W ?interactive/,
    advice: 'fflush() in the awk program (or mawk -W interactive)',
  },
  { names: ['cut', 'tr', 'uniq', 'nl', 'fold', 'expand', 'unexpand', 'paste', 'rev'] },
];

/** Returns the running processes of a job that are filters which hold their output back. */
export function findBufferingFilters(
  jobCommand: string,
  processes: readonly { readonly pid: number; readonly command: string }[],
): BufferingFilter[] {
  // stdbuf(1) sets a variable in the environment of the filter and leaves no trace in its command line.
  if (/\b(stdbuf|unbuffer)\b/.test(jobCommand)) return [];
  return processes.flatMap(({ pid, command }) => {
    const [program = ''] = command.split(' ', 1);
    const name = basename(program);
    const kind = FILTERS.find(({ names }) => names.includes(name));
    if (kind === undefined || kind.unbuffered?.test(command) === true) return [];
    return [{ pid, command, advice: kind.advice ?? `stdbuf -oL ${name}` }];
  });
}
