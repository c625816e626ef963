// `npm test`: builds, checks, runs all tests, looks for anything left behind, and closes with the sum.
// `--long` (`npm run test:long`) does what is repeated as often as it takes to trust it. Other arguments choose
// test files by a part of their path, and skip the checks.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { openTestFolder } from './support/test-folder.ts';

const root = join(import.meta.dirname, '..');
const isLong = process.argv.includes('--long');
const chosen = process.argv.slice(2).filter((argument) => argument !== '--long');
if (isLong) process.env.BACKGROUND_JOBS_TEST_LONG = '1';
const total = { passed: 0, failed: 0 };

function count(isPassed: boolean): void {
  total[isPassed ? 'passed' : 'failed']++;
}

function check(name: string, command: string, ...args: string[]): boolean {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const isPassed = status === 0;
  console.log(`${isPassed ? '✔' : '✖'} ${name}`);
  count(isPassed);
  return isPassed;
}

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(root, folder, name))
    .filter((path) => chosen.length === 0 || chosen.some((part) => path.includes(part)));
}

async function runTests(): Promise<void> {
  const files = ['src', 'test', 'bench'].flatMap(testFiles).sort();
  const events = run({ files, concurrency: 2 });
  events.on('test:pass', ({ details }) => details.type !== 'suite' && count(true));
  events.on('test:fail', ({ details }) => details.type !== 'suite' && count(false));
  const report = events.pipe(new spec());
  report.pipe(process.stdout);
  await once(report, 'end');
}

const folder = openTestFolder();
// What is tested is what is shipped.
const isBuilt = check('package', 'npm', 'run', '--silent', 'package');
if (chosen.length === 0) {
  check('typecheck', 'tsc', '--noEmit');
  check('lint', 'eslint', '.');
  check('format', 'prettier', '--check', '--log-level', 'warn', '.');
}
if (isBuilt) await runTests();
const left = await folder.close();
for (const each of left) console.log(`left behind: ${each}`);
console.log(`${left.length === 0 ? '✔' : '✖'} nothing is left behind`);
count(left.length === 0);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
