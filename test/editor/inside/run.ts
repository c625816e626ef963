import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestEvent, TestResult } from '../results.ts';
import { sendConsoleTo } from './console.ts';
import { hasPage, screenshot } from './page.ts';
import { registered, type RegisteredTest, Skipped, type TestContext } from './test.ts';

/** VS Code calls this once the workbench is ready. A rejection means exit code 1. */
export async function run(): Promise<void> {
  const socket = await connectResults();
  const report = (event: TestEvent): void => void socket?.write(`${JSON.stringify(event)}\n`);
  const only = process.env.EDITOR_TEST_ONLY ?? '';
  if (socket !== undefined) sendConsoleTo((text) => report({ kind: 'log', text }));
  let failures = 0;
  for (const test of registered.filter(({ name }) => name.includes(only))) {
    report({ kind: 'start', name: test.name });
    const result = await runTest(test);
    if (result.error !== undefined) failures++;
    report({ kind: 'end', result });
  }
  report({ kind: 'done' });
  if (socket !== undefined) await once(socket.end(), 'close');
  if (failures > 0) throw new Error(`${failures} of the tests failed.`);
}

async function connectResults(): Promise<Socket | undefined> {
  const address = process.env.EDITOR_TEST_RESULTS;
  if (address === undefined) return undefined;
  const socket = connect(address);
  await once(socket, 'connect');
  return socket;
}

async function runTest({ name, body, timeout }: RegisteredTest): Promise<TestResult> {
  const start = performance.now();
  const afterwards: (() => unknown)[] = [];
  const context: TestContext = {
    after: (action) => void afterwards.push(action),
    skip: (why) => {
      throw new Skipped(why);
    },
  };
  const outcome: { error?: string; skipped?: string } = {};
  try {
    await withTimeout(body(context), timeout);
  } catch (error) {
    if (error instanceof Skipped) outcome.skipped = error.message;
    else outcome.error = stackOf(error);
  }
  // The screen often explains more than the stack.
  if (outcome.error !== undefined && hasPage) await screenshot(`failed ${name}`).catch(() => undefined);
  for (const action of afterwards.reverse()) {
    try {
      await withTimeout(action(), timeout);
    } catch (error) {
      outcome.error ??= stackOf(error);
    }
  }
  return { name, durationMs: performance.now() - start, ...outcome };
}

async function withTimeout(work: unknown, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took more than ${ms} ms.`)), ms);
  });
  return await Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
