/** The tasks: what the jobs do and how long they take. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many times faster than real time the tasks are played. Their times are in seconds of real time. */
export const SPEED = 10;

/** ms of the real clock. */
export function played(seconds: number): number {
  return (seconds * 1000) / SPEED;
}

function pause(seconds: number): Promise<void> {
  return sleep(played(seconds));
}

/** Seconds between two reads of a model that cannot wait. The first pause is one turn, 2 s; later ones grow. */
const PAUSES = [2, 4, 8, 16, 30];
/** Reads after which it gives up. */
const MOST_LOOKS = 20;

/** Reads, with growing pauses, until the text matches. */
export async function lookUntil(expected: RegExp, look: () => Promise<string>): Promise<string> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    await pause(PAUSES[looks] ?? PAUSES.at(-1) ?? 0);
    const text = await look();
    if (expected.test(text)) return text;
  }
  throw new Error(`${String(expected)} was not seen in ${String(MOST_LOOKS)} looks`);
}

function program(name: string, ...args: (number | string)[]): string {
  const words = [process.execPath, join(import.meta.dirname, 'programs', name), ...args.map(String)];
  return words.map((word) => `'${word}'`).join(' ');
}

/** Seconds until the server is ready and until the build is done. */
const READY = 20;
const BUILD = 180;

export const COMMANDS = {
  server: program('server.mjs', played(READY)),
  tests: program('tests.mjs'),
  prompt: program('prompt.mjs'),
  build: program('build.mjs', BUILD, played(1)),
  /** A server, started as npm starts it: the shell waits for its child. */
  wrapped: `${program('server.mjs', 0)}; true`,
} as const;

/** Seconds that a compiler takes for a round. */
const COMPILE = 5;

/** A compiler that watches a file. */
export function watchCommand(file: string): string {
  return program('watch.mjs', file, played(COMPILE));
}

/** Sources of a file with and without errors. */
export const SOURCES = { good: 'right\n'.repeat(20), bad: 'right\nwrong\n'.repeat(3) } as const;

/** Text that a model must have read before the task is done. */
export const SIGNS = {
  ready: /Local: http/,
  summary: /Tests: 1 failed/,
  failure: /expected 41 to be 42/,
  question: /Overwrite the files\?/,
  answered: /overwritten/,
  built: /Build succeeded/,
  greeting: /greeting is evening/,
  /** The last round of the compiler that the text shows. */
  broken: /Found 3 errors(?![^]*Found \d)/,
  repaired: /Found 0 errors(?![^]*Found \d)/,
  errorsThenNone: /2322[^]*(Found 0 errors|No problems)/,
} as const;
