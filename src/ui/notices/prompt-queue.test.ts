import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputRequest } from '../../jobs/input-requests.ts';
import { inTurn } from './prompt-queue.ts';

const PAUSE = 1000;

/** A person before boxes: those that were shown, and the answers that close them. */
function openBoxes() {
  const shown: string[] = [];
  const answers: ((line: string | undefined | Error) => void)[] = [];
  const ask = inTurn(
    ({ text }) =>
      new Promise((resolve, reject) => {
        shown.push(text);
        answers.push((line) => (line instanceof Error ? reject(line) : resolve(line)));
      }),
    PAUSE,
  );
  return {
    shown,
    answer: (line: string | undefined | Error) => answers.shift()!(line),
    ask: (text: string, signal = new AbortController().signal) => ask({ text } as InputRequest, signal),
  };
}

/** Until all that is settled has been told on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('there is one box at a time, and a pause before the next, whatever became of the one before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { shown, ask, answer } = openBoxes();
  const replies = Promise.allSettled(['one', 'two', 'three'].map((text) => ask(text)));
  const before: string[] = [];
  for (const line of ['first', new Error('no box'), undefined]) {
    await settled();
    assert.equal(shown.length, before.length + 1);
    before.push(shown.at(-1)!);
    answer(line);
    t.mock.timers.tick(PAUSE);
    await settled();
    assert.deepEqual(shown, before, 'the pause begins when the box has gone');
    t.mock.timers.tick(PAUSE - 1);
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

test('a question whose job has ended gives up its turn at once, and is never asked', async (t) => {
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
  t.mock.timers.tick(PAUSE);
  await settled();
  assert.deepEqual(shown, ['first', 'last']);
  answer('two');
  assert.equal(await last, 'two');
});
