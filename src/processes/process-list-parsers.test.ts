import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as darwin from './darwin-process-table.ts';
import { parseRows } from './windows-process-table.ts';

// The texts below are in the form that the manuals of ps(1), lsof(8) and PowerShell give.

// Promise: other-systems
test('ps: a process list, without zombies', () => {
  const text = `    1     0     1 Ss   Mon Nov  2 08:00:00 2026
  501   500   501 S+   Fri Nov 20 09:15:01 2026
  502   501   501 Z+   Fri Nov 20 09:15:02 2026
`;
  assert.deepEqual(darwin.parseList(text), [
    { pid: 1, parent: 0, group: 1, started: 'Mon Nov 2 08:00:00 2026' },
    { pid: 501, parent: 500, group: 501, started: 'Fri Nov 20 09:15:01 2026' },
  ]);
});

test('ps -E: only the whole assignment counts', () => {
  const text = `  501 sleep 100 HOME=/x BACKGROUND_JOBS_JOB_ID=abc TERM=x
  502 sleep 100 BACKGROUND_JOBS_JOB_ID=abcd
  503 sleep 100 BACKGROUND_JOBS_JOB_ID=abc
`;
  assert.deepEqual([...darwin.parseWithVariable(text, 'BACKGROUND_JOBS_JOB_ID=abc')], [501, 503]);
});

test('ps: memory in KiB and CPU time in each of its forms', () => {
  assert.deepEqual(darwin.parseDetails('  2048   0:01.50 node server.js --port 1'), {
    command: 'node server.js --port 1',
    cpuMs: 1500,
    memoryBytes: 2048 * 1024,
  });
  assert.equal(darwin.parseDetails('1 1-02:03:04 x')?.cpuMs, (((24 + 2) * 60 + 3) * 60 + 4) * 1000);
  assert.equal(darwin.parseDetails(''), undefined);
});

test('lsof: the ports, each once', () => {
  assert.deepEqual(
    darwin.parsePorts('p501\nf20\nn*:3000\nf21\nn[::1]:8080\nf22\nn127.0.0.1:3000\n'),
    [3000, 8080],
  );
});

test('PowerShell: one object, several, none', () => {
  assert.equal(parseRows('{"ProcessId":1}').length, 1);
  assert.equal(parseRows('[{"ProcessId":1},{"ProcessId":2}]').length, 2);
  assert.deepEqual(parseRows('  '), []);
});
