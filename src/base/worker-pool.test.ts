import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { atEnd, scratchFolder } from '../../test/support/scratch.ts';
import { WorkerPool } from './worker-pool.ts';

const WORDS = { cancelled: 'It was cancelled.', stopped: 'It has stopped.', stuck: () => 'It is stuck.' };

test('a worker may take longer to load its script than it may be without progress', async (t) => {
  const script = join(scratchFolder(t), 'script.mjs');
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads';
     for (const begin = performance.now(); performance.now() - begin < 2500; );
     parentPort.on('message', (task) => {
       parentPort.postMessage({ type: 'progress' });
       parentPort.postMessage({ type: 'result', result: task });
     });`,
  );
  const pool = new WorkerPool<string, string>(script, WORDS);
  atEnd(t, () => pool.dispose());
  assert.equal(await pool.run('done'), 'done');
});
