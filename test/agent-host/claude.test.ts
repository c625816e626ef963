import { test } from 'node:test';
import { CLAUDE } from './harnesses.ts';
import { checkWholeFlow } from './whole-flow.ts';

test(
  'in a Claude session the model starts, reads and kills a job, before and after Reload Window',
  { timeout: 300_000 },
  async (t) => {
    await checkWholeFlow(t, CLAUDE);
  },
);
