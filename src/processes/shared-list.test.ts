import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessInfo } from './process-table.ts';
import { shareList } from './shared-list.ts';

function countingTable() {
  const counts = { lists: 0, tags: 0 };
  const table = {
    list: async (): Promise<ProcessInfo[]> => {
      counts.lists++;
      return [];
    },
    readTags: async () => {
      counts.tags++;
      return new Map();
    },
  };
  return { counts, shared: shareList(table) };
}

test('looks at the same time share a list and its tags, and a later look does not', async () => {
  const { counts, shared } = countingTable();
  const look = async (): Promise<unknown> => shared.readTags(await shared.list());
  await Promise.all([look(), look(), look()]);
  assert.deepEqual(counts, { lists: 1, tags: 1 });
  await delay(100);
  await look();
  assert.deepEqual(counts, { lists: 2, tags: 2 });
});

test('reads the tags of any other processes', async () => {
  const { counts, shared } = countingTable();
  await shared.list();
  await shared.readTags([]);
  await shared.readTags([]);
  assert.deepEqual(counts, { lists: 1, tags: 2 });
});
