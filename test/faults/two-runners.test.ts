import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemProcessTable } from '../../src/processes/system-process-table.ts';
import { claim, withdraw } from '../../src/protocol/runner-address.ts';
import { runnerPid, start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';
import { repeats } from '../support/repeats.ts';

const processes = systemProcessTable();

// Promise: runner-race
test('two managers that start their first jobs at the same time share one runner', async (t) => {
  for (let round = 0; round < repeats(100, 5); round++) {
    const storage = storageFolder(t);
    const managers = [openManager(t, { storage }), openManager(t, { storage })];
    const jobs = await Promise.all(managers.map((manager) => start(manager, 'echo hi')));
    await Promise.all(jobs.map(({ id }, at) => untilEnd(managers[at]!, id)));
    assert.equal(jobs[0]!.runner, jobs[1]!.runner);
    await runnerPid(storage);
    await Promise.all(managers.map((manager) => manager.dispose()));
  }
});

// Promise: runner-race
test('of many runners that claim a folder at the same time, exactly one succeeds', async (t) => {
  const self = (await processes.find(process.pid))!;
  const common = { v: 1, protocol: 1, pid: process.pid, pidStarted: self.started };
  const bootId = await processes.bootId();
  for (let round = 0; round < repeats(500, 50); round++) {
    const storage = storageFolder(t);
    const claims = Array.from({ length: 8 }, async () => {
      const address = { ...common, bootId, runner: randomUUID(), socket: 'none', secret: '' };
      return claim(storage, address, processes);
    });
    const won = (await Promise.all(claims)).filter((generation) => generation !== undefined);
    assert.equal(won.length, 1);
    assert.deepEqual(readdirSync(join(storage, 'runners')), [`${won[0]}.json`]);
    withdraw(storage, won[0]!);
  }
});
