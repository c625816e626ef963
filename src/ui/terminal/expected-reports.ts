import type { TerminalSize } from '../../protocol/job-record.ts';

/** How many changes of a view may be unreported. VS Code reports each one within moments. */
const MAX_EXPECTED = 8;

/** The sizes that VS Code is going to report because a view was told to draw in them, and not because a person resized it. */
export class ExpectedReports {
  // In a terminal with many lines, VS Code changes the rows first, so it reports sizes that no view has.
  readonly #columns = new ExpectedNumbers();
  readonly #rows = new ExpectedNumbers();

  /** The view was told to draw in a size. */
  expect({ columns, rows }: TerminalSize): void {
    this.#columns.expect(columns);
    this.#rows.expect(rows);
  }

  /** Called with each size that VS Code reports. Returns true if it was expected. */
  reported({ columns, rows }: TerminalSize): boolean {
    const isExpected = this.#columns.has(columns) && this.#rows.has(rows);
    this.#columns.reported(columns, isExpected);
    this.#rows.reported(rows, isExpected);
    return isExpected;
  }
}

/** The same for one of the two numbers of a size. */
class ExpectedNumbers {
  #last: number | undefined;
  /** In the order in which they are reported. */
  #expected: readonly number[] = [];

  expect(number: number): void {
    // VS Code reports only what has changed.
    if (number === (this.#expected.at(-1) ?? this.#last)) return;
    this.#expected = [...this.#expected, number].slice(-MAX_EXPECTED);
  }

  has(number: number): boolean {
    return number === this.#last || this.#expected.includes(number);
  }

  reported(number: number, isExpected: boolean): void {
    // After a size that nobody expected, nothing of before is left to come.
    if (!isExpected) this.#expected = [];
    else if (number !== this.#last) this.#expected = this.#expected.slice(this.#expected.indexOf(number) + 1);
    this.#last = number;
  }
}
