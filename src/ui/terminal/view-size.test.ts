import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TerminalSize } from '../../protocol/job-record.ts';
import { ViewSize } from './view-size.ts';

const size = (columns: number, rows: number): TerminalSize => ({ columns, rows });

/**
 * A job with one terminal, and views that report sizes as those of VS Code do.
 *
 * @param isBusy sizes are reported only when the test says so
 */
function openJob(initial: TerminalSize, isBusy = false) {
  let current = initial;
  const reports: (() => void)[] = [];
  const views: ViewSize[] = [];
  const report = (): void => {
    for (let next = reports.shift(); next !== undefined; next = reports.shift()) next();
  };
  const openView = (own: TerminalSize) => {
    let reported: TerminalSize | undefined;
    let override: TerminalSize | undefined;
    let real = own;
    /** VS Code limits a terminal to the other size, and reports what it gets by that. */
    const layOut = (): void => {
      const { columns, rows } = override ?? real;
      const next = size(Math.min(columns, real.columns), Math.min(rows, real.rows));
      if (next.columns === reported?.columns && next.rows === reported.rows) return;
      reported = next;
      reports.push(() => view.viewChanged(next));
      if (!isBusy) report();
    };
    const view = new ViewSize({
      current: () => current,
      claim: (claimed) => {
        current = claimed;
        for (const each of views) each.jobChanged();
      },
      override: (wanted) => {
        override = wanted;
        layOut();
      },
    });
    views.push(view);
    layOut();
    report();
    view.open();
    return {
      view,
      type: () => view.typed(),
      resize: (to: TerminalSize) => {
        real = to;
        layOut();
      },
      get shown() {
        return reported;
      },
    };
  };
  return { openView, report, current: () => current };
}

test('a job gets the size of its view when that is opened and resized', () => {
  const job = openJob(size(120, 30));
  const { resize } = job.openView(size(100, 20));
  assert.deepEqual(job.current(), size(100, 20));
  resize(size(90, 25));
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
      assert.equal(first.view.isOverridden, true);
      assert.deepEqual(
        first.shown,
        size(Math.min(100, other.columns), Math.min(20, other.rows)),
        'it draws in the other size, as far as it fits',
      );
      first.type();
      assert.deepEqual(job.current(), size(100, 20));
      assert.deepEqual(first.shown, size(100, 20));
      assert.equal(second.view.isOverridden, true);
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
  first.view.release();
  assert.deepEqual(first.shown, size(100, 20));
  assert.deepEqual(job.current(), size(60, 15));
});
