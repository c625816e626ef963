/** The six tasks: what the jobs do, and in what time. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The tasks are told in seconds of a model's day, and played so many times as fast. */
export const SPEED = 10;

/** ms of the real clock. */
export function played(seconds: number): number {
  return (seconds * 1000) / SPEED;
}

function pause(seconds: number): Promise<void> {
  return sleep(played(seconds));
}

/** s between two looks of a model that cannot wait: its next turn takes 2, then it learns patience. */
const PAUSES = [2, 4, 8, 16, 30];
/** Looks after which it gives up. */
const MOST_LOOKS = 20;

/** Looks, with pauses that grow, until what is seen fits. */
export async function lookUntil(expected: RegExp, look: () => Promise<string>): Promise<string> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    await pause(PAUSES[looks] ?? PAUSES.at(-1) ?? 0);
    const text = await look();
    if (expected.test(text)) return text;
  }
  throw new Error(`${String(expected)} was not seen in ${String(MOST_LOOKS)} looks`);
}

function program(name: string, ...args: number[]): string {
  const words = [process.execPath, join(import.meta.dirname, 'programs', name), ...args.map(String)];
  return words.map((word) => `'${word}'`).join(' ');
}

/** s until the server is ready, and of the build. */
const READY = 20;
const BUILD = 180;

export const COMMANDS = {
  server: program('server.mjs', played(READY)),
  tests: program('tests.mjs'),
  prompt: program('prompt.mjs'),
  build: program('build.mjs', BUILD, played(1)),
  /** A server as npm starts it: the shell waits for its child. */
  wrapped: `${program('server.mjs', 0)}; true`,
} as const;

/** What a model must have read before it may say that the task is done. */
export const SIGNS = {
  ready: /Local: http/,
  summary: /Tests: 1 failed/,
  failure: /expected 41 to be 42/,
  question: /Overwrite the files\?/,
  answered: /overwritten/,
  built: /Build succeeded/,
  greeting: /greeting is evening/,
} as const;
