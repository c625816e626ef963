import { test } from 'node:test';
import { CLAUDE } from './harnesses.ts';
import { checkWholeFlow } from './whole-flow.ts';

// The harness starts Claude Code with an option that Claude Code refuses to root.
const skip = process.getuid?.() === 0 && 'Claude Code does not run as root in the Agent Host';

test(
  'in a Claude session the model starts, reads and kills a job, before and after Reload Window',
  {
    skip,
    timeout: 180_000,
  },
  async (t) => {
    await checkWholeFlow(t, CLAUDE);
  },
);
