import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAMPLES, UsageSamples } from './usage-samples.ts';

/** Processes by pid, with their CPU time in ms. Each uses 1 MB. */
const look = (cpuMs: Readonly<Record<number, number>>) => ({
  processes: Object.entries(cpuMs).map(([pid, ms]) => ({
    ...{ pid: Number(pid), command: 'x', cpuMs: ms, memoryBytes: 1e6, isStopped: false },
  })),
  ports: [],
});

test('measures CPU in percent of a core between two looks, and memory at each', () => {
  const samples = new UsageSamples();
  samples.add(look({ 1: 5000 }), 0);
  samples.add(look({ 1: 5500, 2: 100 }), 1000);
  assert.deepEqual(samples.cpu, [null, 60]);
  assert.deepEqual(samples.memory, [1e6, 2e6]);
  assert.equal(samples.cpuOf(1), 50);
  assert.equal(samples.cpuOf(2), 10);
});

test('does not count the CPU time of a process that ended or whose pid is used again', () => {
  const samples = new UsageSamples();
  samples.add(look({ 1: 5000, 2: 9000 }), 0);
  samples.add(look({ 2: 20 }), 1000);
  assert.deepEqual(samples.cpu, [null, 2]);
});

test('leaves a gap where nothing was measured', () => {
  const samples = new UsageSamples();
  for (const atMs of [0, 1000, 6000, 7000]) samples.add(look({ 1: atMs / 10 }), atMs);
  assert.deepEqual(samples.cpu, [null, 10, null, null, null, null, null, 10]);
  assert.deepEqual(samples.memory, [1e6, 1e6, null, null, null, null, 1e6, 1e6]);
});

test('keeps the last samples only, also after a pause of days', () => {
  const samples = new UsageSamples();
  for (let second = 0; second < SAMPLES + 10; second++) samples.add(look({ 1: second }), second * 1000);
  samples.add(look({ 1: 0 }), 1e12);
  assert.equal(samples.cpu.length, SAMPLES);
  assert.equal(samples.memory.length, SAMPLES);
  assert.equal(samples.memory.at(-1), 1e6);
});
