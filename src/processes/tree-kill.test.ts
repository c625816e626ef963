import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { atEnd } from '../../test/support/scratch.ts';
import type { ProcessTable } from './process-table.ts';
import { systemProcessTable } from './system-process-table.ts';
import { killTree } from './tree-kill.ts';

const skip = process.platform === 'win32' ? 'Windows has no SIGSTOP' : false;

// Promise: unreadable-process-table
test('processes continue if they cannot be listed any more after they were stopped', { skip }, async (t) => {
  const system = systemProcessTable();
  const shell = spawn('/bin/sh', ['-c', 'trap "" TERM; sleep 100 & echo ready; wait; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(shell, 'exit');
  const pid = shell.pid!;
  atEnd(t, async () => {
    process.kill(-pid, 'SIGKILL');
    await exited;
  });
  await once(shell.stdout, 'data');
  const sent: string[] = [];
  const table: ProcessTable = {
    ...system,
    following: () => table,
    list: async (ancestor) => {
      if (sent.includes('SIGSTOP')) throw new Error('There is no free file descriptor.');
      return system.list(ancestor);
    },
    send(processes, signal, group) {
      sent.push(signal);
      system.send(processes, signal, group);
    },
  };
  const root = { id: 'none', pid, started: (await system.find(pid))!.started };
  const options = { signal: 'SIGTERM', graceMs: 0, exited } as const;
  await assert.rejects(killTree(table, root, options), /no free file descriptor/);
  assert.deepEqual(sent.slice(-2), ['SIGSTOP', 'SIGCONT']);
  const left = (await system.list()).filter(({ group }) => group === pid);
  assert.deepEqual(
    left.map(({ isStopped }) => isStopped),
    [false, false],
  );
});
