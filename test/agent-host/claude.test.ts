import { test } from 'node:test';
import { CLAUDE } from './harnesses.ts';
import { checkContinuedSession } from './whole-flow.ts';

test(
  'in a Claude session the model starts, reads and kills jobs, and continues after Reload Window',
  { timeout: 840_000 },
  async (t) => {
    await checkContinuedSession(t, CLAUDE);
  },
);
