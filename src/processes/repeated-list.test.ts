import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessInfo } from './process-table.ts';
import { RepeatedList } from './repeated-list.ts';

/** Processes by pid, with their starts. Records which ones are read. */
class FakeReader {
  readonly starts = new Map<number, number>();
  readonly zombies = new Set<number>();
  last: number | undefined = 100;
  reads: number[] = [];

  pids(): number[] {
    return [...this.starts.keys(), ...this.zombies];
  }

  lastPid(): number | undefined {
    return this.last;
  }

  read(pid: number): ProcessInfo | 'dead' | undefined {
    this.reads.push(pid);
    if (this.zombies.has(pid)) return 'dead';
    const started = this.starts.get(pid);
    if (started === undefined) return undefined;
    return { pid, parent: 1, group: pid, session: pid, started: String(started), isStopped: false };
  }
}

function listOf(starts: Record<number, number>) {
  const reader = new FakeReader();
  for (const [pid, started] of Object.entries(starts)) reader.starts.set(Number(pid), started);
  const clock = { now: 0 };
  const list = new RepeatedList(50, reader, () => clock.now);
  const look = (): [listed: number[], read: number[]] => {
    reader.reads = [];
    return [list.read().map(({ pid }) => pid), reader.reads];
  };
  return { reader, clock, look };
}

test('reads an older process once, and the others at each look', () => {
  const { reader, look } = listOf({ 10: 1, 20: 49, 60: 50, 70: 51 });
  assert.deepEqual(look(), [
    [60, 70],
    [10, 20, 60, 70],
  ]);
  reader.starts.set(101, 52);
  reader.starts.delete(60);
  reader.last = 101;
  assert.deepEqual(look(), [
    [70, 101],
    [70, 101],
  ]);
});

test('reads a zombie once, until pids start over', () => {
  const { reader, look } = listOf({ 60: 50, 70: 51 });
  look();
  reader.starts.delete(60);
  reader.zombies.add(60);
  assert.deepEqual(look(), [[70], [70, 60]]);
  assert.deepEqual(look(), [[70], [70]]);
  reader.zombies.delete(60);
  reader.starts.set(60, 55);
  reader.last = 60;
  assert.deepEqual(look()[0], [70, 60]);
});

test('finds a process with the pid of an older one after pids have started over', () => {
  const { reader, look } = listOf({ 10: 1, 60: 50 });
  look();
  reader.starts.set(10, 60);
  reader.last = 10;
  assert.deepEqual(look()[0], [10, 60]);
});

test('reads all processes again after a long pause, or if the last pid is not known', () => {
  const { reader, clock, look } = listOf({ 10: 1, 60: 50 });
  look();
  clock.now += 501;
  assert.deepEqual(look()[1], [10, 60]);
  reader.last = undefined;
  assert.deepEqual(look()[1], [10, 60]);
});
