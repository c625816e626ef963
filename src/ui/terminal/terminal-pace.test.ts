import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openScreen } from '../../../test/support/screen.ts';
import { readInput, STATUS_REQUEST } from './terminal-input.ts';
import { TerminalPace } from './terminal-pace.ts';

const { signal: never } = new AbortController();

test('writes a little output immediately, and waits for a reply after much output', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  // Ends the pause between portions, so that only the reply is missing.
  const afterPause = async (): Promise<void> => {
    t.mock.timers.runAll();
    await new Promise((resolve) => setImmediate(resolve));
  };
  let requests = 0;
  const pace = new TerminalPace(() => requests++);
  await pace.wrote(1000, never);
  assert.equal(requests, 0);
  for (let round = 1; round <= 3; round++) {
    let isFree = false;
    const free = pace.wrote(64 * 1024, never).then(() => (isFree = true));
    assert.equal(requests, round);
    await afterPause();
    assert.equal(isFree, false);
    pace.replied();
    await free;
    // A reply to a request of the job itself has no effect.
    pace.replied();
  }
});

test('pauses even if the terminal replies immediately', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pace = new TerminalPace(() => pace.replied());
  let isFree = false;
  const free = pace.wrote(64 * 1024, never).then(() => (isFree = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isFree, false);
  t.mock.timers.runAll();
  await free;
});

test('stops waiting for a closed terminal', async () => {
  const stop = new AbortController();
  const pace = new TerminalPace(() => undefined);
  const free = pace.wrote(64 * 1024, stop.signal);
  stop.abort();
  await free;
  await pace.wrote(64 * 1024, stop.signal);
});

test('gets a reply from a real terminal after it has drawn everything, even inside an unfinished sequence', async () => {
  for (const before of ['text', '\x1b[31', '\x1b]0;title', '\x1bP1$r', '\x1b_G', '\x1bc']) {
    const terminal = openScreen(80, 24);
    const asked = new EventTarget();
    const pace = new TerminalPace(() => {
      terminal.write(STATUS_REQUEST);
      void terminal.lines().then(() => asked.dispatchEvent(new Event('drawn')));
    });
    terminal.write(before);
    const drawn = once(asked, 'drawn');
    const free = pace.wrote(64 * 1024, never);
    await drawn;
    assert.ok(
      terminal.answers.some((answer) => readInput(answer).isReply),
      JSON.stringify(before),
    );
    pace.replied();
    await free;
  }
});
