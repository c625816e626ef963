import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { bundleTests } from './bundle-tests.ts';
import type { TestEvent, TestResult } from './results.ts';
import { runSuite, type SuiteOptions } from './run-suite.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * Runs files of suites/ in one window with the scripted model. EDITOR_VERSION selects another version of VS Code, by the
 * version number of code-server.
 *
 * @param env variables for the tests
 */
export async function runModelSuites(
  t: TestContext,
  names: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const suites = names.map((name) => join(import.meta.dirname, 'suites', name));
  await runSuiteAsTests(t, {
    extensionPath: root,
    testsPath: await bundleTests(suites, join(scratchFolder(t), 'tests.cjs')),
    fixtures: [join(import.meta.dirname, 'fixtures', 'scripted-model')],
    settings: { 'backgroundJobs.keepAliveSeconds': 1 },
    env,
    ...(process.env.EDITOR_VERSION !== undefined && { version: process.env.EDITOR_VERSION }),
  });
}

interface Pending {
  readonly finished: Promise<TestResult>;
  readonly finish: (result: TestResult) => void;
}

/**
 * Runs a suite inside VS Code and makes each of its tests a subtest here while it runs, so that it counts and is
 * reported like any other.
 */
export async function runSuiteAsTests(t: TestContext, options: SuiteOptions): Promise<void> {
  const pending = new Map<string, Pending>();
  const subtests: Promise<void>[] = [];
  const onEvent = (event: TestEvent): void => {
    if (event.kind === 'log') t.diagnostic(event.text);
    if (event.kind === 'end') pending.get(event.result.name)?.finish(event.result);
    if (event.kind !== 'start') return;
    const next = makePending();
    pending.set(event.name, next);
    subtests.push(t.test(event.name, (subtest) => verdict(subtest, next.finished)));
  };
  const { results } = await runSuite({ ...options, onEvent });
  // The test during which the editor exited has reported nothing.
  for (const result of results) pending.get(result.name)?.finish(result);
  await Promise.all(subtests);
  const unseen = results.find(({ name }) => !pending.has(name));
  if (unseen !== undefined) throw new Error(`${unseen.name}: ${unseen.error ?? ''}`);
}

function makePending(): Pending {
  let finish: Pending['finish'] = () => undefined;
  const finished = new Promise<TestResult>((resolve) => (finish = resolve));
  return { finished, finish };
}

async function verdict(subtest: TestContext, finished: Promise<TestResult>): Promise<void> {
  const { error, skipped } = await finished;
  if (skipped !== undefined) subtest.skip(skipped);
  // The stack of the extension host, not of this line.
  if (error !== undefined) throw Object.assign(new Error(error.split('\n', 1)[0]), { stack: error });
}
