import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');

/**
 * The output of real programs. `go-vet` is that of `go vet ./...` in a module with two packages, and has no colours. By default they ran in a terminal of 50 rows and 1000 columns. Those marked as piped ran
 * with FORCE_COLOR=1 and wrote to a pipe, as they do in a job. Paths and the host of the registry were replaced.
 */
export const RECORDINGS = {
  /** A spinner between coloured lines: `npm install esbuild typescript express --loglevel http`, npm 11. */
  npmInstall: read('npm-install'),
  /** A progress bar: `npm install jest`, npm 8. */
  npm8Install: read('npm-8-install'),
  /** Warnings with links (OSC 8): `gcc -Wall -Wextra -fdiagnostics-urls=always`. */
  gcc: read('gcc'),
  /** `tsc --pretty --watch`; the file was fixed in between. */
  tscWatch: read('tsc-watch'),
  /** Redraws its last lines: `jest`, and piped. */
  jest: read('jest'),
  jestPiped: read('jest-piped'),
  /** Redraws its last eight lines: `vitest run`, and piped. */
  vitest: read('vitest'),
  vitestPiped: read('vitest-piped'),
};

export function recordingPath(name: string): string {
  return join(FOLDER, `${name}.ansi`);
}

function read(name: string): Buffer {
  return readFileSync(recordingPath(name));
}
