import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import type { TerminalSize } from '../../protocol/job-record.ts';
import { ViewSize } from './view-size.ts';

const size = (columns: number, rows: number): TerminalSize => ({ columns, rows });

/**
 * A job with one terminal, and views that report sizes as those of VS Code do.
 *
 * @param isBusy sizes are reported only when the test says so
 * @param isLong the terminal shows many lines, so VS Code changes and reports its rows first and its columns afterwards
 */
function openJob(initial: TerminalSize, isBusy = false, isLong = false) {
  let current = initial;
  const views: View[] = [];
  const openView = (own: TerminalSize): View => {
    const view = new View(
      { own, isBusy, isLong },
      () => current,
      (size) => {
        current = size;
        for (const each of views) each.size.jobChanged();
      },
    );
    views.push(view);
    view.open();
    return view;
  };
  const report = (): void => {
    while (views.some((each) => each.report()));
  };
  return { openView, views, report, current: () => current };
}

interface ViewOptions {
  readonly own: TerminalSize;
  readonly isBusy: boolean;
  readonly isLong: boolean;
}

class View {
  readonly size: ViewSize;
  readonly #options: ViewOptions;
  readonly #reports: TerminalSize[] = [];
  /** The size that it has without the other views. */
  real: TerminalSize;
  shown: TerminalSize | undefined;
  #override: TerminalSize | undefined;

  constructor(options: ViewOptions, current: () => TerminalSize, claim: (size: TerminalSize) => void) {
    this.#options = options;
    this.real = options.own;
    this.size = new ViewSize({
      current,
      claim,
      override: (size) => {
        this.#override = size;
        this.#layOut();
      },
    });
  }

  open(): void {
    this.#layOut();
    this.report();
    this.size.open();
  }

  type(): void {
    this.size.typed();
  }

  /** Returns true if VS Code reports it. A view that is larger than what it shows may be resized unnoticed. */
  resize(to: TerminalSize): boolean {
    this.real = to;
    return this.#layOut();
  }

  /** Reports sizes to the extension. Returns false if there are none. */
  report(count = Infinity): boolean {
    let reported = 0;
    for (; reported < count; reported++) {
      const next = this.#reports.shift();
      if (next === undefined) break;
      this.size.viewChanged(next);
    }
    return reported > 0;
  }

  /** VS Code limits a terminal to the other size, and reports what it gets by that. */
  #layOut(): boolean {
    const before = this.shown;
    const { columns, rows } = this.#override ?? this.real;
    const next = size(Math.min(columns, this.real.columns), Math.min(rows, this.real.rows));
    if (next.columns === before?.columns && next.rows === before.rows) return false;
    this.shown = next;
    const isSplit = this.#options.isLong && before?.columns !== next.columns && before?.rows !== next.rows;
    if (isSplit && before !== undefined) this.#reports.push(size(before.columns, next.rows));
    this.#reports.push(next);
    if (!this.#options.isBusy) this.report();
    return true;
  }
}

test('a job gets the size of its view when that is opened and resized', () => {
  const job = openJob(size(120, 30));
  const view = job.openView(size(100, 20));
  assert.deepEqual(job.current(), size(100, 20));
  view.resize(size(90, 25));
  assert.deepEqual(job.current(), size(90, 25));
});

for (const [name, other] of [
  ['smaller', size(60, 15)],
  ['larger', size(140, 40)],
  ['wider and lower', size(140, 10)],
] as const) {
  test(`of two views the one in which the user types sets the size, if the other one is ${name}`, () => {
    const job = openJob(size(120, 30));
    const first = job.openView(size(100, 20));
    const second = job.openView(other);
    for (let round = 0; round < 3; round++) {
      second.type();
      assert.deepEqual(job.current(), other);
      assert.equal(first.size.isOverridden, true);
      assert.deepEqual(
        first.shown,
        size(Math.min(100, other.columns), Math.min(20, other.rows)),
        'it draws in the other size, as far as it fits',
      );
      first.type();
      assert.deepEqual(job.current(), size(100, 20));
      assert.deepEqual(first.shown, size(100, 20));
      assert.equal(second.size.isOverridden, true);
    }
  });
}

test('a view that was resized while another one set the size has its new size when the user types', () => {
  const job = openJob(size(120, 30));
  const first = job.openView(size(100, 20));
  job.openView(size(60, 15));
  first.resize(size(110, 22));
  first.type();
  assert.deepEqual(job.current(), size(110, 22));
});

test('sizes that VS Code reports late do not take the size from the view in which the user typed last', () => {
  const job = openJob(size(120, 30), true);
  const first = job.openView(size(100, 20));
  const second = job.openView(size(60, 15));
  for (const last of [first, second, first]) {
    for (const each of [second, first, second, last]) each.type();
    job.report();
    const wanted = last === first ? size(100, 20) : size(60, 15);
    assert.deepEqual([job.current(), last.shown], [wanted, wanted]);
  }
  // After that, a view can be resized as ever, also to the size of the other one.
  first.resize(size(60, 15));
  job.report();
  assert.deepEqual(job.current(), size(60, 15));
  second.resize(size(70, 18));
  job.report();
  assert.deepEqual(job.current(), size(70, 18));
});

test('the view of a job that has ended has its own size', () => {
  const job = openJob(size(120, 30));
  const first = job.openView(size(100, 20));
  job.openView(size(60, 15)).type();
  first.size.release();
  assert.deepEqual(first.shown, size(100, 20));
  assert.deepEqual(job.current(), size(60, 15));
});

for (const [name, others] of [
  ['a larger view', [size(120, 30)]],
  ['a smaller view and then a larger one', [size(60, 15), size(120, 30)]],
] as const) {
  test(`a view under ${name} can be resized and get the same size again`, () => {
    const job = openJob(size(120, 30));
    const first = job.openView(size(80, 24));
    for (const other of others) job.openView(other);
    first.resize(size(100, 24));
    assert.deepEqual(job.current(), size(100, 24));
    first.resize(size(80, 24));
    assert.deepEqual(job.current(), size(80, 24));
    for (const other of others) {
      const both = size(Math.min(80, other.columns), Math.min(24, other.rows));
      first.resize(both);
      assert.deepEqual(job.current(), both, 'also that in which it had to draw');
    }
  });
}

test('a view with many lines, whose rows VS Code changes first, does not take the size from the other one', () => {
  const job = openJob(size(120, 30), false, true);
  const first = job.openView(size(100, 20));
  const second = job.openView(size(60, 15));
  assert.deepEqual([job.current(), first.shown], [size(60, 15), size(60, 15)]);
  first.type();
  assert.deepEqual([job.current(), first.shown, second.shown], [size(100, 20), size(100, 20), size(60, 15)]);
  second.type();
  assert.deepEqual([job.current(), first.shown], [size(60, 15), size(60, 15)]);
});

const number = fc.constantFrom(10, 20, 30);
const step = fc.record({
  what: fc.constantFrom('open', 'type', 'resize', 'report'),
  view: fc.nat(2),
  size: fc.record({ columns: number, rows: number }, { noNullPrototype: true }),
  count: fc.integer({ min: 1, max: 3 }),
});

test('at rest, the job has the size of the view that was typed into, opened or resized last', () => {
  const property = fc.property(fc.boolean(), fc.array(step, { maxLength: 12 }), (isLong, steps) => {
    const job = openJob(size(15, 15), true, isLong);
    let last = job.openView(size(20, 20));
    for (const { what, size: to, ...step } of steps) {
      const view = job.views[step.view % job.views.length]!;
      if (what === 'report') view.report(step.count);
      else if (what === 'type') (last = view).type();
      else if (what === 'open' && job.views.length < 3) last = job.openView(to);
      else if (what === 'resize') {
        // A person resizes a view after it has settled, and does something else after that is done.
        view.report();
        const before = view.real;
        if (view.resize(to)) last = view;
        // Nobody can know of it.
        else view.resize(before);
        view.report();
      }
    }
    job.report();
    const { real } = last;
    assert.deepEqual(job.current(), real);
    for (const { real: own, shown } of job.views)
      assert.deepEqual(shown, size(Math.min(own.columns, real.columns), Math.min(own.rows, real.rows)));
  });
  fc.assert(property, { numRuns: cases(2000, 50_000) });
});
