import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { findProcesses, isAlive, killProcess, UsageMeter } from './processes.ts';

const skip = process.platform === 'linux' ? false : 'reads /proc';

test(
  'processes are found by a variable, in another session too, and what they use is metered',
  { skip },
  async () => {
    const marker = `BENCH_TEST=${String(process.pid)}`;
    const busy = spawn(
      process.execPath,
      [
        '-e',
        "console.log('on'); process.stdin.once('data', () => { const end = performance.now() + 50; while (performance.now() < end); console.log('done'); })",
      ],
      { env: { BENCH_TEST: String(process.pid) }, detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    await once(busy.stdout, 'data');
    const [found, ...others] = findProcesses(marker);
    assert.ok(found);
    assert.equal(found.pid, busy.pid);
    assert.deepEqual(others, []);
    const meter = new UsageMeter(() => findProcesses(marker));
    busy.stdin.write('x');
    await once(busy.stdout, 'data');
    const [used] = meter.read();
    assert.ok(used !== undefined && used.cpuMs > 1 && used.wakeUps >= 1, JSON.stringify(used));
    const exit = once(busy, 'exit');
    killProcess(found);
    await exit;
    assert.equal(isAlive(found), false);
  },
);
