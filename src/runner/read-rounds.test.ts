import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ReadRounds } from './read-rounds.ts';

const LINE_BYTES = 100;

interface PrintingJob {
  /** Lines in its pipe. */
  waiting: number;
  rests: boolean;
  lastRead: number;
  resume: () => void;
}

/** Jobs that print a line every 10 ms. Each waits in its pipe while its job rests. */
class Jobs {
  readonly rounds: ReadRounds;
  readonly #t: TestContext;
  readonly #jobs: PrintingJob[];
  #time = 1000;
  reads = 0;
  lines = 0;

  constructor(t: TestContext, count: number) {
    this.#t = t;
    t.mock.timers.enable({ apis: ['setTimeout'] });
    this.rounds = new ReadRounds(() => this.#time);
    this.#jobs = Array.from({ length: count }, () => {
      const job: PrintingJob = { waiting: 0, rests: false, lastRead: this.#time, resume: () => undefined };
      job.resume = () => {
        job.rests = false;
        if (job.waiting > 0) this.#read(job);
      };
      return job;
    });
  }

  #read(job: PrintingJob): void {
    this.reads++;
    this.lines += job.waiting;
    job.rests = this.rounds.read(job, job.waiting * LINE_BYTES, this.#time - job.lastRead);
    job.lastRead = this.#time;
    job.waiting = 0;
  }

  /** All jobs print for some time. */
  print(ms: number): void {
    const count = this.#jobs.length;
    for (let at = 0; at < ms; at++) {
      const first = (at % 10) * (count / 10);
      for (const job of this.#jobs.slice(first, first + count / 10)) {
        job.waiting++;
        if (!job.rests) this.#read(job);
      }
      this.pass(1);
    }
  }

  pass(ms: number): void {
    this.#time += ms;
    this.#t.mock.timers.tick(ms);
  }
}

test('reads 200 jobs that print a line every 10 ms only every 30 ms', (t) => {
  const jobs = new Jobs(t, 200);
  jobs.print(200);
  jobs.reads = 0;
  jobs.print(400);
  assert.ok(jobs.reads >= 2400 && jobs.reads <= 3000, `${jobs.reads} reads`);
  jobs.pass(50);
  assert.equal(jobs.lines, 600 * 20);
});

test('reads each line of ten jobs at once', (t) => {
  const jobs = new Jobs(t, 10);
  jobs.print(1000);
  assert.deepEqual([jobs.reads, jobs.lines], [1000, 1000]);
});

test('continues after a turn of the event loop that took longer than a round', (t) => {
  const jobs = new Jobs(t, 200);
  jobs.print(200);
  jobs.pass(100);
  assert.equal(jobs.rounds.read({ resume: () => undefined }, LINE_BYTES, 100), true);
  jobs.pass(100);
});

test('does not rest when many jobs print for the first time after a pause', (t) => {
  const jobs = new Jobs(t, 200);
  jobs.print(200);
  jobs.pass(1100);
  assert.equal(jobs.rounds.read({ resume: () => undefined }, LINE_BYTES, 1000), false);
});

test('does not rest for a job that would fill its pipe before the end of the round', (t) => {
  const jobs = new Jobs(t, 200);
  jobs.print(200);
  const fast = { resume: () => assert.fail('It does not rest.') };
  assert.equal(jobs.rounds.read(fast, 2000, 1), false);
  // It filled the pipe after a pause.
  assert.equal(jobs.rounds.read(fast, 64 * 1024, 5000), false);
  assert.equal(jobs.rounds.read(fast, 64 * 1024, Infinity), false);
  jobs.pass(100);
});

test('does not resume a reader that was removed', (t) => {
  const jobs = new Jobs(t, 200);
  jobs.print(200);
  const job = { resume: () => assert.fail('It was removed.') };
  assert.equal(jobs.rounds.read(job, LINE_BYTES, 10), true);
  jobs.rounds.remove(job);
  jobs.pass(100);
});
