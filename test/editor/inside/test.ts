/** The context of one test. */
export interface TestContext {
  /** Registers an action to run after the test. The last registered one runs first. */
  after(action: () => unknown): void;
  /** Skips the test. */
  skip(why: string): never;
}

export interface RegisteredTest {
  readonly name: string;
  readonly timeout: number;
  readonly body: (context: TestContext) => unknown;
}

/** All tests in the order of their definition. */
export const registered: RegisteredTest[] = [];

/** Long enough for a busy machine: what the body of a test does later would disturb the next one. */
const TIMEOUT_MS = 180_000;

/**
 * Registers a test that runs inside VS Code's extension host. node:test cannot be used there, since it needs its own
 * process.
 */
export function test(name: string, body: RegisteredTest['body'], options: { timeout?: number } = {}): void {
  registered.push({ name, body, timeout: options.timeout ?? TIMEOUT_MS });
}

/** Thrown by `skip()`. */
export class Skipped extends Error {}
