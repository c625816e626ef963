import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as darwin from './darwin-process-table.ts';

// The texts have the form that the manuals of ps(1) and lsof(8) describe.

// Promise: other-systems
test('ps: a process list, without zombies', () => {
  const text = `    1     0     1 Ss   Mon Nov  2 08:00:00 2026
  501   500   501 T+   Fri Nov 20 09:15:01 2026
  502   501   501 Z+   Fri Nov 20 09:15:02 2026
`;
  assert.deepEqual(darwin.parseList(text), [
    { pid: 1, parent: 0, group: 1, session: 1, started: 'Mon Nov 2 08:00:00 2026', isStopped: false },
    { pid: 501, parent: 500, group: 501, session: 501, started: 'Fri Nov 20 09:15:01 2026', isStopped: true },
  ]);
});

test('ps -E: the cookie of each process, empty or not, behind an argument that looks the same', () => {
  const text = `  501 sleep 100 HOME=/x BACKGROUND_JOBS_JOB_ID=abc TERM=x
  502 sleep 100 BACKGROUND_JOBS_JOB_ID=abcd
  503 env BACKGROUND_JOBS_JOB_ID=x sleep BACKGROUND_JOBS_JOB_ID=abc
  504 sleep 100 BACKGROUND_JOBS_JOB_ID= TERM=x
  505 sleep 100 TERM=x
`;
  assert.deepEqual(
    [...darwin.parseTags(text)],
    [
      [501, { cookie: 'abc' }],
      [502, { cookie: 'abcd' }],
      [503, { cookie: 'abc' }],
      [504, { cookie: '' }],
    ],
  );
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

test('lsof: each port once', () => {
  assert.deepEqual(
    darwin.parsePorts('p501\nf20\nn*:3000\nf21\nn[::1]:8080\nf22\nn127.0.0.1:3000\n'),
    [3000, 8080],
  );
});
