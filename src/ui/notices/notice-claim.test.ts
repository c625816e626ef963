import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { noticeClaims } from './notice-claim.ts';

const isFocused = (): boolean => true;

test('one of several windows shows the notice about an event, and any of them a later one', async (t) => {
  const folder = scratchFolder(t);
  let now = Date.now();
  const windows = ['a', 'b', 'c'].map((window) => noticeClaims({ window, isFocused, now: () => now }));
  const claims = async (what: string): Promise<boolean[]> =>
    Promise.all(windows.map((claim) => claim(folder, what)));
  const count = async (what: string): Promise<number> => (await claims(what)).filter(Boolean).length;
  assert.equal(await count('exit'), 1);
  assert.equal(await count('match x'), 1);
  assert.equal(await count('match y'), 1);
  // The same window may show the next event at once.
  const [first] = windows;
  const own = noticeClaims({ window: 'own', isFocused });
  assert.equal(await own(folder, 'input'), true);
  assert.equal(await first!(folder, 'input'), false);
  assert.equal(await own(folder, 'input'), true);
  now += 60_000;
  assert.equal(await first!(folder, 'input'), true);
  assert.equal(await own(folder, 'input'), false);
});

// Both of them may be in the background, so neither is first.
test('one of two windows shows each notice of a row, however much later the next event is', async (t) => {
  const folder = scratchFolder(t);
  const windows = ['a', 'b'].map((window) => noticeClaims({ window, isFocused }));
  for (let event = 0; event < 20; event++) {
    const claims = await Promise.all(windows.map((claim) => claim(folder, 'input')));
    assert.deepEqual(claims.toSorted(), [false, true], `event ${event}`);
    const [file = '', ...others] = readdirSync(folder);
    assert.deepEqual(others, [], 'one file an event is kept');
    const earlier = new Date(Date.now() - 60_000);
    utimesSync(join(folder, file), earlier, earlier);
  }
});

test('a window that shows a notice again keeps it from the others for as long', async (t) => {
  const folder = scratchFolder(t);
  const [first, second] = ['a', 'b'].map((window) => noticeClaims({ window, isFocused }));
  for (let event = 0; event < 3; event++) {
    assert.equal(await first!(folder, 'input'), true);
    assert.equal(await second!(folder, 'input'), false);
    for (const file of readdirSync(folder)) {
      const earlier = new Date(Date.now() - 60_000);
      utimesSync(join(folder, file), earlier, earlier);
    }
  }
});

test('a notice is shown if its folder is gone', async (t) => {
  assert.equal(await noticeClaims({ isFocused })(join(scratchFolder(t), 'gone'), 'exit'), true);
});

test('the window that the user looks at shows the notice, also if another one learns of the event first', async (t) => {
  const folder = scratchFolder(t);
  const gate = new EventEmitter();
  const other = noticeClaims({ isFocused: () => false, yields: () => once(gate, 'open') })(folder, 'exit');
  assert.equal(await noticeClaims({ isFocused })(folder, 'exit'), true);
  gate.emit('open');
  assert.equal(await other, false);
  assert.equal(await noticeClaims({ isFocused: () => false })(folder, 'ready'), true);
});
