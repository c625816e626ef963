import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { JobManager } from '../../jobs/manager.ts';
import type { ToolContext } from './tool.ts';
import { waitReply } from './wait-reply.ts';

test('a progress report that fails does not end the wait', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  const manager = {
    jobs: {
      get() {
        looks++;
        throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
      },
    },
    wait: () => new Promise(() => undefined),
  } as unknown as JobManager;
  const context = { manager, progress: () => undefined } as unknown as ToolContext;
  void waitReply(context, {
    targets: [{ id: 'a', cursor: 0 }],
    condition: { until: 'exit' },
    timeoutSeconds: 50,
    page: { max_bytes: 1000, stream: 'both', format: 'text' },
  });
  mock.timers.tick(20_000);
  assert.equal(looks, 4);
});
