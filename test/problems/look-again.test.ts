import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { start, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { DIST } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

const PROBLEMS = [{ pattern: { regexp: '^BAD (.+)$', message: 1, kind: 'file', file: 1 } }];

// Promise: problems-unreadable
test('problems that could not be looked for are found later, in running and in finished jobs', async (t) => {
  const problemsScript = join(scratchFolder(t), 'problems.mjs');
  const manager = openManager(t, { problemsScript });
  const finished = await start(manager, 'echo BAD a', { problems: PROBLEMS });
  await untilEnd(manager, finished.id);
  const running = await start(manager, 'echo BAD b; read x; echo BAD c; exec sleep 100', {
    problems: PROBLEMS,
  });
  await untilPrinted(manager, running.id, 'BAD b');
  for (const { id } of [finished, running]) {
    assert.match((await manager.problems.current(id))?.error ?? '', /A file of Background Jobs is gone/);
    assert.match(manager.problems.known(id)?.error ?? '', /is gone/);
  }

  writeFileSync(
    problemsScript,
    `import ${JSON.stringify(String(pathToFileURL(join(DIST, 'problems.js'))))};`,
  );
  const report = await manager.problems.current(finished.id);
  assert.deepEqual([report?.error, report?.problems.length], [undefined, 1]);
  // It is followed without a call.
  await manager.input.write(running.id, '\n', false);
  await eventually('both are found', () => manager.problems.known(running.id)?.problems.length === 2);
});
