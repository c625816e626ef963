import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memory } from '../memory.ts';
import { CommandHistory, MAX_COMMAND_LENGTH, MAX_ENTRIES } from './command-history.ts';

function memory(stored?: unknown): Memory {
  let value = stored;
  return {
    get: () => value,
    // VS Code stores JSON as well.
    update: async (_key, next) => void (value = JSON.parse(JSON.stringify(next))),
  };
}

const commands = (history: CommandHistory): string[] => history.list().map(({ command }) => command);

test('lists each command once, newest first', async () => {
  const history = new CommandHistory(memory());
  for (const command of ['a', 'b', 'c', 'a']) await history.add({ command, cwd: '/x' });
  assert.deepEqual(commands(history), ['a', 'c', 'b']);
});

test('keeps the name, and an entry for each folder of a command', async () => {
  const history = new CommandHistory(memory());
  await history.add({ command: 'a', cwd: '/x' });
  await history.add({ command: 'a', cwd: '/y', name: 'dev' });
  assert.deepEqual(history.list(), [
    { command: 'a', cwd: '/y', name: 'dev' },
    { command: 'a', cwd: '/x' },
  ]);
  await history.remove({ command: 'a', cwd: '/y' });
  assert.deepEqual(history.list(), [{ command: 'a', cwd: '/x' }]);
});

test('drops the oldest entry if there are too many, and does not store a command that is too long', async () => {
  const history = new CommandHistory(memory());
  for (let at = 0; at <= MAX_ENTRIES; at++) await history.add({ command: `echo ${at}`, cwd: '/x' });
  await history.add({ command: 'x'.repeat(MAX_COMMAND_LENGTH + 1), cwd: '/x' });
  assert.equal(history.list().length, MAX_ENTRIES);
  assert.equal(commands(history)[0], `echo ${MAX_ENTRIES}`);
  assert.equal(commands(history).at(-1), 'echo 1');
  const longest = 'x'.repeat(MAX_COMMAND_LENGTH);
  await history.add({ command: longest, cwd: '/x' });
  assert.equal(commands(history)[0], longest);
});

test('ignores invalid stored entries', () => {
  for (const stored of ['text', 3, null, { command: 'a' }]) {
    assert.deepEqual(new CommandHistory(memory(stored)).list(), []);
  }
  const entry = { command: 'a', cwd: '/x' };
  const mixed = [null, 'text', { command: 1, cwd: '/x' }, { command: 'a' }, { ...entry, name: 1 }, entry];
  assert.deepEqual(new CommandHistory(memory(mixed)).list(), [entry]);
});
