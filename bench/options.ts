import { parseArgs } from 'node:util';
import type { Scale } from './amounts.ts';

export interface Options {
  rounds: number;
  peers: string[];
  rows: string[];
  /** File to write the results to as JSON. */
  json: string | undefined;
  /** File with the results of an earlier run, to show them instead of a new run. */
  report: string | undefined;
  scale: Scale;
}

export const USAGE = `Usage: npm run bench -- [options]

  --rounds N     how often each row is measured with each peer (default 3; a long row is measured once)
  --peers A,B    only these peers
  --rows A,B     only these rows
  --json FILE    also write every figure to FILE, after each row
  --report FILE  only show the table of such a file
  --quick        less of everything: 64 MiB in place of 1 GiB, 1,000 finished jobs in place of 10,000
  --tenfold      more of everything: 100 GiB, 1,000 jobs at a time, 100,000 finished ones; for --peers ours
  --help         show this text`;

/** A mistake on the command line: reported without a stack trace. */
export class UsageError extends Error {}

function choose(list: string | undefined, known: string[], what: string): string[] {
  if (list === undefined) return known;
  const chosen = list.split(',').map((name) => name.trim());
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`No ${what} is called '${unknown}': there are ${known.join(', ')}`);
  }
  return known.filter((name) => chosen.includes(name));
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        rounds: { type: 'string', default: '3' },
        peers: { type: 'string' },
        rows: { type: 'string' },
        json: { type: 'string' },
        report: { type: 'string' },
        quick: { type: 'boolean', default: false },
        tenfold: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The options, or undefined if only the usage was requested. */
export function parseOptions(argv: string[], peers: string[], rows: string[]): Options | undefined {
  const values = parse(argv);
  if (values.help) return undefined;
  if (values.quick && values.tenfold) throw new UsageError('Choose one of --quick and --tenfold');
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds takes a positive integer, not '${values.rounds}'`);
  }
  return {
    rounds,
    peers: choose(values.peers, peers, 'peer'),
    rows: choose(values.rows, rows, 'row'),
    json: values.json,
    report: values.report,
    scale: values.quick ? 'quick' : values.tenfold ? 'tenfold' : 'full',
  };
}
