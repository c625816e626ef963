import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openScreen } from '../../../test/support/screen.ts';
import { QUESTION, readInput } from './terminal-input.ts';
import { TerminalPace } from './terminal-pace.ts';

const { signal: never } = new AbortController();

test('little goes at once; much waits for the answer of the terminal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  // The pause between portions is over: what is left to wait for is the answer.
  const afterPause = async (): Promise<void> => {
    t.mock.timers.runAll();
    await new Promise((resolve) => setImmediate(resolve));
  };
  let questions = 0;
  const pace = new TerminalPace(() => questions++);
  await pace.wrote(1000, never);
  assert.equal(questions, 0);
  for (let round = 1; round <= 3; round++) {
    let isFree = false;
    const free = pace.wrote(64 * 1024, never).then(() => (isFree = true));
    assert.equal(questions, round);
    await afterPause();
    assert.equal(isFree, false);
    pace.answered();
    await free;
    // One that nobody waits for, as to a question that the job put, counts for nothing.
    pace.answered();
  }
});

test('a terminal that answers at once is given time for other things', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pace = new TerminalPace(() => pace.answered());
  let isFree = false;
  const free = pace.wrote(64 * 1024, never).then(() => (isFree = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isFree, false);
  t.mock.timers.runAll();
  await free;
});

test('a terminal that is closed is waited for no longer', async () => {
  const stop = new AbortController();
  const pace = new TerminalPace(() => undefined);
  const free = pace.wrote(64 * 1024, stop.signal);
  stop.abort();
  await free;
  await pace.wrote(64 * 1024, stop.signal);
});

test('a real terminal answers when it has drawn what came before, also amid a sequence that is never closed', async () => {
  for (const before of ['text', '\x1b[31', '\x1b]0;title', '\x1bP1$r', '\x1b_G', '\x1bc']) {
    const terminal = openScreen(80, 24);
    const asked = new EventTarget();
    const pace = new TerminalPace(() => {
      terminal.write(QUESTION);
      void terminal.lines().then(() => asked.dispatchEvent(new Event('drawn')));
    });
    terminal.write(before);
    const drawn = once(asked, 'drawn');
    const free = pace.wrote(64 * 1024, never);
    await drawn;
    assert.ok(
      terminal.answers.some((answer) => readInput(answer).isAnswer),
      JSON.stringify(before),
    );
    pace.answered();
    await free;
  }
});
