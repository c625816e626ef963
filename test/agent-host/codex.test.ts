import { test } from 'node:test';
import { CODEX } from './harnesses.ts';
import { checkWholeFlow } from './whole-flow.ts';

test(
  'in a Codex session the model starts, reads and kills a job, before and after Reload Window',
  { timeout: 840_000 },
  async (t) => {
    await checkWholeFlow(t, CODEX);
  },
);
