import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The unit tests that depend on the system, apart from those of Windows alone. */
const UNIT_TESTS = [
  'src/base/busy-files.test.ts',
  'src/base/make-folders.test.ts',
  'src/jobs/start/windows-shells.test.ts',
  'src/processes/process-tree.test.ts',
  'src/processes/windows/inherited-pipe.test.ts',
  'src/processes/windows/pseudo-console.test.ts',
  'src/processes/windows/shell-command.test.ts',
  'src/processes/windows/windows-formats.test.ts',
  'src/protocol/journal.test.ts',
];

/** The test files that run under Wine, as paths from the root of the repository. */
export const WINE_TESTS: readonly string[] = [
  ...readdirSync(join(import.meta.dirname, '..', 'windows'))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/windows/${name}`),
  ...UNIT_TESTS,
];

/** More of them, which take a minute. */
export const SLOW_WINE_TESTS: readonly string[] = [
  'src/log/read/raw-page.test.ts',
  'src/log/read/text-page.test.ts',
];
