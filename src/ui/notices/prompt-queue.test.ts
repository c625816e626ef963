import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputRequest } from '../../jobs/input/input-requests.ts';
import { oneAtATime } from './prompt-queue.ts';

const PAUSE_MS = 1000;

/** A simulated user: the boxes shown so far, and the answers that close them. */
function openBoxes() {
  const shown: string[] = [];
  const answers: ((line: string | undefined | Error) => void)[] = [];
  const ask = oneAtATime(
    ({ text }) =>
      new Promise((resolve, reject) => {
        shown.push(text);
        answers.push((line) => (line instanceof Error ? reject(line) : resolve(line)));
      }),
    PAUSE_MS,
  );
  return {
    shown,
    answer: (line: string | undefined | Error) => answers.shift()!(line),
    ask: (text: string, signal = new AbortController().signal) => ask({ text } as InputRequest, signal),
  };
}

/** Waits until the callbacks of all settled promises have run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('shows one box at a time, with a pause after each answer, error or cancellation', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { shown, ask, answer } = openBoxes();
  const replies = Promise.allSettled(['one', 'two', 'three'].map((text) => ask(text)));
  const before: string[] = [];
  for (const line of ['first', new Error('no box'), undefined]) {
    await settled();
    assert.equal(shown.length, before.length + 1);
    before.push(shown.at(-1)!);
    answer(line);
    t.mock.timers.tick(PAUSE_MS);
    await settled();
    assert.deepEqual(shown, before, 'the pause begins when the box closes');
    t.mock.timers.tick(PAUSE_MS - 1);
    await settled();
    assert.deepEqual(shown, before);
    t.mock.timers.tick(1);
  }
  assert.deepEqual(before, ['one', 'two', 'three']);
  assert.deepEqual(
    (await replies).map((reply) => (reply.status === 'fulfilled' ? reply.value : 'rejected')),
    ['first', 'rejected', undefined],
  );
});

test('drops a question as soon as its job ends', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { shown, ask, answer } = openBoxes();
  const ended = new AbortController();
  const first = ask('first');
  const dropped = ask('dropped', ended.signal);
  const last = ask('last');
  ended.abort();
  assert.equal(await dropped, undefined);
  answer('one');
  assert.equal(await first, 'one');
  await settled();
  t.mock.timers.tick(PAUSE_MS);
  await settled();
  assert.deepEqual(shown, ['first', 'last']);
  answer('two');
  assert.equal(await last, 'two');
});
