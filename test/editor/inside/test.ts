/** Of one test. */
export interface TestContext {
  /** Runs after it, last registered first. */
  after(action: () => unknown): void;
  /** Ends it without a verdict. */
  skip(why: string): never;
}

export interface RegisteredTest {
  readonly name: string;
  readonly timeout: number;
  readonly body: (context: TestContext) => unknown;
}

/** In the order in which they were written. */
export const registered: RegisteredTest[] = [];

/** ms; as generous as a busy machine needs. */
const TIMEOUT = 60_000;

/**
 * Registers a test that runs inside VS Code's extension host. It looks like node:test, which cannot be used
 * there: it has a process to itself, ends it, and writes to its output.
 */
export function test(name: string, body: RegisteredTest['body'], options: { timeout?: number } = {}): void {
  registered.push({ name, body, timeout: options.timeout ?? TIMEOUT });
}

/** Thrown by `skip()`. */
export class Skipped extends Error {}
