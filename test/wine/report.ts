/** What a test under Wine reports: a line of JSON for each test. */
export interface ReportedTest {
  readonly file: string;
  readonly name: string;
  readonly skip: string | undefined;
  /** Undefined if the test has passed. */
  readonly error: string | undefined;
  readonly durationMs: number;
}
