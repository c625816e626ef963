import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import type { PreparedTask } from '../../src/ui/tasks/prepared-task.ts';
import { startTasks } from '../../src/ui/tasks/task-start.ts';
import { untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';

function task(label: string, command: string): PreparedTask {
  const rest = { env: {}, matchers: [], instanceLimit: 1, presentation: {}, isSecret: false };
  return { label, command, cwd: process.cwd(), ...rest };
}

test('tasks whose first one has failed before the others are requested are recorded as not started', async (t) => {
  const manager = openManager(t);
  const slow: Pick<JobManager, 'jobs' | 'start'> = {
    jobs: manager.jobs,
    start: async (request) => {
      const started = await manager.start(request);
      if (request.name === 'prepare') await untilEnd(manager, started.job.id);
      return started;
    },
  };
  const prepare = { task: task('prepare', 'exit 3'), after: [] };
  const build = { task: task('build', 'echo never'), after: [prepare] };
  const deploy = { task: task('deploy', 'echo never'), after: [build] };
  const options = {
    manager: slow as JobManager,
    startedBy: { kind: 'person' },
    terminal: undefined,
  } as const;
  const started = await startTasks([prepare, build, deploy], options);
  assert.deepEqual(
    started.map(({ job }) => [job.name, job.status, job.failedDependency]),
    [
      ['prepare', 'running', undefined],
      ['build', 'failed', started[0]!.job.id],
      ['deploy', 'failed', started[1]!.job.id],
    ],
  );
});
