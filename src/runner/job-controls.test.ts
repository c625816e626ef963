import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { JobControls } from './job-controls.ts';
import type { JobInput } from './job-input.ts';
import type { JobProcesses } from './job-processes.ts';
import type { SpawnedJob } from './spawned-job.ts';

/** Two ends of a connection through the kernel. */
async function connection(t: TestContext): Promise<{ near: Socket; far: Socket }> {
  const server = createServer().listen(join(scratchFolder(t), 's'));
  const near = connect(server.address() as string);
  const [far] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    for (const each of [near, far]) each.destroy();
    server.close();
  });
  return { near, far };
}

test('a question that is printed but not read yet counts as output before the look at the program', async (t) => {
  const { near, far } = await connection(t);
  const controls = new JobControls({ isLive: () => true });
  controls.spawned({ input: { isOpen: true, unread: () => 0 } as Partial<JobInput> } as SpawnedJob);
  near.on('data', (question: Buffer) => controls.printed(question, question.length));
  controls.listed({
    inputReader: () => {
      // The kernel has it at once, and the program waits.
      far.write('Name? ');
      return Promise.resolve('only');
    },
  } as Partial<JobProcesses> as JobProcesses);
  const start = performance.now();
  t.mock.method(performance, 'now', () => start + 10_000);
  const { reader, quietMs } = await controls.inputState();
  assert.deepEqual({ reader, quietMs }, { reader: 'only', quietMs: 0 });
});

test('a program that has not read its last input yet does not wait for more, though it is blocked in a read', async (t) => {
  let unread: number | undefined = 29;
  const controls = new JobControls({ isLive: () => true });
  controls.spawned({ input: { isOpen: true, unread: () => unread } as Partial<JobInput> } as SpawnedJob);
  controls.listed({ inputReader: () => Promise.resolve('only') } as Partial<JobProcesses> as JobProcesses);
  const start = performance.now();
  t.mock.method(performance, 'now', () => start + 10_000);
  for (const whilePrinting of [false, true]) {
    unread = 29;
    assert.equal((await controls.inputState({ whilePrinting })).reader, 'none');
    // Other systems do not tell.
    for (unread of [0, undefined])
      assert.equal((await controls.inputState({ whilePrinting })).reader, 'only');
  }
});
