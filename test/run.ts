// `npm test` builds, checks, runs all tests, looks for anything left behind and prints the totals. Options:
//   --long   repeats each test as often as it takes to trust it (`npm run test:long`)
//   --unit   runs only the unit tests in src/, with fewer cases of each property and without a build or a check
//            (`npm run test:unit`)
//   words    run only the test files with one of them in their path, after a build and without a check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { openTestFolder } from './support/test-folder.ts';

/** How long a test may take before it has failed, and how long all of them. Without, one that hangs would hide the results. */
const TEST_TIMEOUT_MS = 15 * 60_000;
const RUN_TIMEOUT_MS = 60 * 60_000;

const root = join(import.meta.dirname, '..');
/** Folders of files that take up to minutes, and wait most of the time, such as for a window. */
const LONG = ['test/editor', 'test/agent-host'].map((folder) => join(root, folder));
/** How many of them run at the same time. Each of their windows keeps a processor busy while it starts. */
const LONG_CONCURRENCY = 2;
/** Each file runs in a process of its own. Without a cache, a third of their time is spent on compiling the same code. */
const COMPILE_CACHE = join(import.meta.dirname, 'support', 'compile-cache.mjs');
/** How many others run at the same time, and how many once the long ones are done. They wait most of the time, too. */
const CONCURRENCY = 2;
const LATE_CONCURRENCY = 4;
/** How many files are listed with their times. */
const SLOWEST_FILES = 10;

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean' }, unit: { type: 'boolean' } },
});
if (values.long === true) process.env.BACKGROUND_JOBS_TEST_LONG = '1';
if (values.unit === true) process.env.BACKGROUND_JOBS_TEST_QUICK = '1';
const total = { passed: 0, failed: 0 };

function count(isPassed: boolean): void {
  total[isPassed ? 'passed' : 'failed']++;
}

/** Runs a script of package.json and prints its output when it has finished, since several run at the same time. */
async function check(name: string, script: string, ...args: string[]): Promise<boolean> {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  const isPassed = status === 0;
  console.log(`${output}${isPassed ? '✔' : '✖'} ${name}`);
  count(isPassed);
  return isPassed;
}

/** Prepares the tests. @returns false if they cannot run */
async function prepare(): Promise<boolean> {
  if (values.unit === true) return true;
  // The tests run what is shipped.
  if (words.length > 0) return check('build', 'build', '--production');
  const checks = [
    check('package', 'package').then(async (isBuilt) => {
      await check('typecheck', 'typecheck');
      return isBuilt;
    }),
    check('lint', 'lint'),
  ];
  return (await Promise.all(checks))[0]!;
}

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(root, folder, name))
    .filter((path) => words.length === 0 || words.some((part) => path.includes(part)));
}

interface RunEvent {
  readonly type: string;
  readonly data: object;
}

/** Each call of `run` ends with totals of its own. It also reports errors of this process as diagnostics. */
function isSummary({ type, data }: RunEvent): boolean {
  if ('file' in data && data.file !== undefined) return false;
  const isError = 'message' in data && String(data.message).startsWith('Error');
  return type === 'test:summary' || (type === 'test:diagnostic' && !isError);
}

const reports: spec[] = [];

/** Opens the report of a lane. It fails if events of several files that run at the same time reach it mixed. */
function openReport(): spec {
  const report = new spec();
  report.pipe(process.stdout);
  reports.push(report);
  return report;
}

async function listFailedTests(): Promise<void> {
  for (const report of reports) {
    report.write({ type: 'test:summary', data: {} });
    report.end();
    await once(report, 'end');
  }
}

async function runTests(): Promise<void> {
  const folders = values.unit === true ? ['src'] : ['src', 'test', 'bench'];
  const files = folders.flatMap(testFiles).sort();
  const isLong = (file: string): boolean => LONG.some((folder) => file.startsWith(folder));
  const signal = values.long === true ? undefined : AbortSignal.timeout(RUN_TIMEOUT_MS);
  const durations = new Map<string, number>();
  const runFiles = async (chosen: string[], concurrency: number, report: spec): Promise<void> => {
    const limits = signal && { signal, timeout: TEST_TIMEOUT_MS };
    // A variable, since the types do not have `execArgv` yet.
    const options = { files: chosen, concurrency, execArgv: ['--import', COMPILE_CACHE], ...limits };
    const events = run(options);
    events.on('test:pass', ({ details }) => details.type !== 'suite' && count(true));
    events.on('test:fail', ({ details }) => details.type !== 'suite' && count(false));
    // Files are reported like tests.
    events.on('test:complete', ({ name, details }) => {
      if (chosen.includes(name)) durations.set(name, details.duration_ms);
    });
    for await (const event of events as AsyncIterable<RunEvent>) if (!isSummary(event)) report.write(event);
  };
  const long = files.filter(isLong);
  // The last ones are unit tests, which are short. So nothing long is left at the end.
  const others = files.filter((file) => !isLong(file)).reverse();
  const runOthers = async (concurrency: number): Promise<void> => {
    const lane = async (): Promise<void> => {
      const report = openReport();
      for (let file = others.shift(); file !== undefined; file = others.shift())
        await runFiles([file], 1, report);
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  };
  if (long.length === 0) await runOthers(CONCURRENCY);
  else {
    const late = runFiles(long, LONG_CONCURRENCY, openReport()).then(() => runOthers(LATE_CONCURRENCY - 1));
    await Promise.all([runOthers(1), late]);
  }
  await listFailedTests();
  const slowest = [...durations].sort(([, a], [, b]) => b - a).slice(0, SLOWEST_FILES);
  for (const [file, ms] of slowest) console.log(`${Math.round(ms / 1000)} s: ${relative(root, file)}`);
}

// A run always has totals, also if something ends it.
let isComplete = false;
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
  process.once(signal, () => {
    console.log(`${signal} ended the run.`);
    process.exit(1);
  });
}
process.on('exit', (code) => {
  if (isComplete) return;
  console.log(`✖ the run has ended early (code ${code})\n${total.passed} passed, ${total.failed + 1} failed`);
});

const folder = openTestFolder();
try {
  if (await prepare()) await runTests();
} catch (error) {
  // Otherwise, node:test hides it among its diagnostics.
  console.log(error);
  count(false);
}
const left = await folder.close();
for (const each of left) console.log(`left behind: ${each}`);
console.log(`${left.length === 0 ? '✔' : '✖'} nothing is left behind`);
count(left.length === 0);
isComplete = true;
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
