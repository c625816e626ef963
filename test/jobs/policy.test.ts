import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import { SOON } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { isAlive } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

const AGENT = { kind: 'agent' } as const;
const START = { startedBy: AGENT } as const;

interface Lists {
  restriction?: string;
  allowed?: unknown;
  denied?: unknown;
  shell?: string;
}

/** Opens a manager whose lists can be changed, like settings. */
function openJudged(t: TestContext, lists: Lists, policyScript?: string): JobManager {
  return openManager(t, {
    settings: () => ({
      limits: DEFAULT_LIMITS,
      shell: lists.shell ?? '/bin/sh',
      cwd: process.cwd(),
      restriction: lists.restriction,
      commandLists: {
        allowed: { name: 'allowedCommands', patterns: lists.allowed },
        denied: { name: 'deniedCommands', patterns: lists.denied },
      },
    }),
    ...(policyScript !== undefined && { policyScript }),
  });
}

test('a refused command does not run, not even by a restart, and does not appear in the list', async (t) => {
  const lists: Lists = {};
  const manager = openJudged(t, lists);
  const { job } = await manager.start({ ...START, command: 'true' });
  await manager.wait([{ id: job.id, cursor: 0 }], { until: 'exit' }, SOON);
  lists.denied = ['^true'];
  for (const by of [AGENT, { kind: 'person' } as const]) {
    await assert.rejects(
      manager.start({ startedBy: by, command: 'true' }),
      /^JobError: .* "true": deniedCommands/,
    );
    await assert.rejects(manager.restart(job.id, by), /^JobError: .* "true": deniedCommands/);
  }
  assert.deepEqual(
    manager.jobs.list().map(({ id }) => id),
    [job.id],
  );
  lists.denied = [];
  await manager.start({ ...START, command: 'true' });
});

test('a running job whose restart is refused keeps running', async (t) => {
  const lists: Lists = {};
  const manager = openJudged(t, lists);
  const cwd = scratchFolder(t);
  const { job } = await manager.start({ ...START, command: 'sleep 100', cwd });
  lists.allowed = ['^true'];
  await assert.rejects(manager.restart(job.id, { kind: 'person' }), /nothing in allowedCommands matches/);
  lists.allowed = [];
  rmSync(cwd, { recursive: true });
  await assert.rejects(manager.restart(job.id, { kind: 'person' }), /does not exist/);
  assert.equal(manager.jobs.get(job.id).status, 'running');
  assert.equal(isAlive(job.pid!), true);
});

test('a start does not return a running job of the same name whose command is denied by now', async (t) => {
  const lists: Lists = {};
  const manager = openJudged(t, lists);
  await manager.start({ ...START, command: 'sleep 100', name: 'nap' });
  lists.denied = ['^sleep'];
  await assert.rejects(manager.start({ ...START, command: 'sleep 100', name: 'nap' }), /deniedCommands/);
});

test('an agent cannot send input to a shell, or to a job that the lists refuse by now, but a person can', async (t) => {
  const lists: Lists = {};
  const manager = openJudged(t, lists);
  const start = async (command: string) => (await manager.start({ ...START, command })).job.id;
  const [shell, reader] = [await start('exec sh'), await start('read x; echo "got $x"; read y')];
  lists.denied = ['^rm'];
  await assert.rejects(manager.input.write(shell, 'rm x\n', false), /^JobError: .*from its input.*sh -c\.$/);
  await manager.input.write(reader, 'a\n', false);
  await manager.wait([{ id: reader, cursor: 0 }], { until: 'pattern', pattern: 'got a' }, SOON);
  lists.denied = ['^read'];
  await assert.rejects(manager.input.write(reader, 'b\n', false), /^JobError: .*"read x"/);
  await manager.input.write(shell, 'echo typed; exit 3\n', false, 'person');
  await manager.wait([{ id: shell, cursor: 0 }], { until: 'exit' }, SOON);
  assert.equal(manager.jobs.get(shell).exitCode, 3);
  // End of file contains no command, so it is allowed.
  await manager.input.write(reader, '', true);
  await manager.wait([{ id: reader, cursor: 0 }], { until: 'exit' }, SOON);
});

// Promise: policy-pattern-stuck
test('an invalid entry in a list refuses every command, and the error names it', async (t) => {
  const lists: Lists = {};
  const manager = openJudged(t, lists);
  for (const [wrong, says] of [
    [['^a', '('], /deniedCommands .*\/\(\//],
    [[''], /deniedCommands .*"" would match every command/],
    [[7], /deniedCommands .*7 is not a string/],
    ['^rm', /deniedCommands is not a list/],
  ] as const) {
    lists.denied = wrong;
    await assert.rejects(manager.start({ ...START, command: 'true' }), (error: Error) => {
      assert.match(error.message, says);
      assert.match(error.message, /No command runs until it is corrected/);
      return true;
    });
  }
  lists.denied = ['^rm'];
  await manager.start({ ...START, command: 'true' });
});

// Promise: policy-pattern-stuck
test('a pattern that does not terminate refuses the command and is named, and nothing else is affected', async (t) => {
  const lists: Lists = { allowed: ['^a', '^true'], denied: ['^rm', '^(a+)+$'] };
  const manager = openJudged(t, lists);
  const command = `${'a'.repeat(40)}!`;
  await assert.rejects(
    manager.start({ ...START, command }),
    /^JobError: .* command: \/\^\(a\+\)\+\$\/ in deniedCommands takes too long on it\./,
  );
  await manager.start({ ...START, command: 'true' });
  lists.allowed = ['^true', '^(a+)+$'];
  lists.denied = ['^rm'];
  await assert.rejects(
    manager.start({ ...START, command }),
    /^JobError: .* command: \/\^\(a\+\)\+\$\/ in allowedCommands takes too long on it\./,
  );
  await manager.start({ ...START, command: 'true' });
});

// Promise: policy-pattern-stuck
test('the policy is loaded only if there is a list, and refuses every command if it cannot be loaded', async (t) => {
  const lists: Lists = { allowed: [], denied: [] };
  const manager = openJudged(t, lists, join(scratchFolder(t), 'none.js'));
  await manager.start({ ...START, command: 'true' });
  lists.allowed = ['^true'];
  await assert.rejects(manager.start({ ...START, command: 'true' }), /^JobError: .*could not judge/);
});

test('a shell that the policy cannot read runs nothing while there is a list', async (t) => {
  const folder = scratchFolder(t);
  const shell = join(folder, 'zsh');
  symlinkSync('/bin/sh', shell);
  const lists: Lists = { shell };
  const manager = openJudged(t, lists);
  await manager.start({ ...START, command: 'true' });
  lists.allowed = ['^true'];
  await assert.rejects(manager.start({ ...START, command: 'true' }), /^JobError: .*the shell is .*zsh/);
});

test('refuses variables that change which programs a command runs', async (t) => {
  const manager = openJudged(t, { denied: ['^rm'] });
  const env = { PATH: '/tmp' };
  await assert.rejects(manager.start({ ...START, command: 'true', env }), /^JobError: .*variable PATH/);
  await manager.start({ ...START, command: 'true', env: { NODE_ENV: 'test', FORCE_COLOR: '1' } });
});

test('a restriction refuses every start and all input from agents and people until it is lifted', async (t) => {
  const lists: Lists = {};
  const manager = openJudged(t, lists);
  const { job } = await manager.start({ ...START, command: 'read x; exit 3' });
  lists.restriction = 'Not trusted. Trust it.';
  for (const by of ['agent', 'person'] as const) {
    await assert.rejects(
      manager.start({ startedBy: { kind: by }, command: 'true' }),
      /^JobError: Not trusted/,
    );
    await assert.rejects(manager.restart(job.id, { kind: by }), /^JobError: Not trusted/);
    await assert.rejects(manager.input.write(job.id, 'x\n', false, by), /^JobError: Not trusted/);
  }
  delete lists.restriction;
  await manager.input.write(job.id, 'x\n', false);
  await manager.wait([{ id: job.id, cursor: 0 }], { until: 'exit' }, SOON);
  assert.equal(manager.jobs.list().length, 1);
});
