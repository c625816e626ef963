import type { TerminalSize } from '../../protocol/job-record.ts';
import { ExpectedReports } from './expected-reports.ts';

interface ViewSizeTarget {
  /** Returns the size of the job's terminal. */
  current(): TerminalSize | undefined;
  /** Gives the job's terminal the size of the view. */
  claim(size: TerminalSize): void;
  /** Makes the view draw in another size than its own, or in its own again. */
  override(size: TerminalSize | undefined): void;
}

/**
 * Keeps the sizes of a view and of its job's terminal the same. Several views may show a job. The one in which the user typed
 * last, or that was opened or resized last, sets the size, and the others draw in it.
 */
export class ViewSize {
  readonly #target: ViewSizeTarget;
  /** The view's own size. Undefined while VS Code does not know it. */
  #own: TerminalSize | undefined;
  #override: TerminalSize | undefined;
  readonly #expected = new ExpectedReports();
  #isOpen = false;

  constructor(target: ViewSizeTarget) {
    this.#target = target;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** True while another view sets the size. */
  get isOverridden(): boolean {
    return this.#override !== undefined;
  }

  /** The size in which the view draws now. VS Code shows no more than fits into the view. */
  get shown(): TerminalSize | undefined {
    const [own, other] = [this.#own, this.#override];
    if (own === undefined || other === undefined) return own;
    return { columns: Math.min(own.columns, other.columns), rows: Math.min(own.rows, other.rows) };
  }

  /** From now on, the size of the view is given to the job. */
  open(): void {
    this.#isOpen = true;
    this.#claim();
  }

  /** Called with each size that VS Code reports. */
  viewChanged({ columns, rows }: TerminalSize): void {
    const size = { columns, rows };
    // VS Code reports the size of the other view, too, when this one has taken it, and its own one afterwards. On a busy
    // machine the report comes when another view may already have set the size again.
    if (this.#expected.reported(size)) return;
    this.#own = size;
    this.#claim();
  }

  /** Called when the user types into the view. */
  typed(): void {
    this.#claim();
  }

  /** Called when the size of the job's terminal may have changed. */
  jobChanged(): void {
    const size = this.#target.current();
    if (!this.#isOpen || size === undefined || this.#own === undefined) return;
    this.#setOverride(isSame(size, this.#own) ? undefined : size);
  }

  /** The job has ended, so the view needs no other size than its own. */
  release(): void {
    this.#isOpen = false;
    this.#setOverride(undefined);
  }

  #claim(): void {
    if (!this.#isOpen || this.#own === undefined) return;
    this.#setOverride(undefined);
    if (!isSame(this.#target.current(), this.#own)) this.#target.claim(this.#own);
  }

  #setOverride(size: TerminalSize | undefined): void {
    if (isSame(size, this.#override)) return;
    this.#override = size;
    if (this.shown !== undefined) this.#expected.expect(this.shown);
    this.#target.override(size);
  }
}

function isSame(a: TerminalSize | undefined, b: TerminalSize | undefined): boolean {
  return a?.columns === b?.columns && a?.rows === b?.rows;
}
