import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { WatchEvent } from '../../jobs/watch/watch-events.ts';
import { noticeClaims } from './notice-claim.ts';

const event = (on: WatchEvent['on'], pattern?: string): WatchEvent => ({
  ...{ id: 'job', on, cursor: 1, count: 1 },
  ...(pattern !== undefined && { pattern }),
});

test('one of several windows shows the notice about an event, and any of them a later one', async (t) => {
  const folder = scratchFolder(t);
  let now = Date.now();
  const windows = ['a', 'b', 'c'].map((name) => noticeClaims(name, () => now));
  const claims = async (what: WatchEvent): Promise<boolean[]> =>
    Promise.all(windows.map((claim) => claim(folder, what)));
  const count = async (what: WatchEvent): Promise<number> => (await claims(what)).filter(Boolean).length;
  assert.equal(await count(event('exit')), 1);
  assert.equal(await count(event('match', 'x')), 1);
  assert.equal(await count(event('match', 'y')), 1);
  // The same window may show the next event at once.
  const [first] = windows;
  const own = noticeClaims('own');
  assert.equal(await own(folder, event('input')), true);
  assert.equal(await first!(folder, event('input')), false);
  assert.equal(await own(folder, event('input')), true);
  now += 60_000;
  assert.equal(await first!(folder, event('input')), true);
  assert.equal(await own(folder, event('input')), false);
});

test('a notice is shown if its folder is gone', async (t) => {
  assert.equal(await noticeClaims()(join(scratchFolder(t), 'gone'), event('exit')), true);
});
