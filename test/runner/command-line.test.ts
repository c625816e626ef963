import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import { findOnPath } from '../../src/jobs/start/shell.ts';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { readText } from '../../src/log/read/text-page.ts';
import type { JobRecord, JobSpec } from '../../src/protocol/job-record.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { makeSpec, startJob, startRunner, type TestRunner, untilEnded } from '../support/runner.ts';

async function run(
  { storage }: TestRunner,
  link: RunnerLink,
  spec: JobSpec,
): Promise<{ job: JobRecord; log: string }> {
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  const job = await ended;
  const reader = new LogReader(logFolder(storage, spec.id));
  return { job, log: readText(reader, { cursor: 0, maxBytes: 100_000, ended: true }).text };
}

for (const name of ['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'fish']) {
  const shell = findOnPath(name, process.env);
  const skip = shell === undefined ? `needs ${name}` : false;
  test(`${name} takes a command that begins with - or + as a command`, { skip }, async (t) => {
    const runner = await startRunner(t);
    const link = await runner.connect();
    for (const command of ['--help', '-x', '+x', '-c true', '--']) {
      const { job, log } = await run(runner, link, makeSpec(command, { shell: shell! }));
      assert.deepEqual([command, job.exitCode], [command, 127]);
      // Shells say it in different words.
      assert.match(log, /not found|unknown command/i);
      assert.ok(log.includes(command.split(' ')[0]!), log);
    }
  });
}

test('a symbolic link as the folder stays in $PWD', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  mkdirSync(join(runner.storage, 'real'));
  const cwd = join(runner.storage, 'link');
  symlinkSync('real', cwd);
  for (const shell of ['sh', 'bash'].flatMap((name) => findOnPath(name, process.env) ?? [])) {
    const { log } = await run(runner, link, makeSpec('echo $PWD; pwd; pwd -P', { cwd, shell }));
    assert.equal(log, `${cwd}\n${cwd}\n${join(runner.storage, 'real')}\n`);
  }
  const { log } = await run(runner, link, makeSpec('echo $PWD', { cwd, env: { PWD: '/no/such/folder' } }));
  assert.equal(log, `${join(runner.storage, 'real')}\n`);
});

test('a variable that is too long is named, with its size and the bound', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const value = 'x'.repeat(140_000);
  const tooLong = await startJob(link, makeSpec('true', { env: { SHORT: 'y', LONG: value } }));
  assert.equal(tooLong.status, 'failed');
  assert.equal(
    tooLong.error,
    'The environment variable LONG is too long: with its name it has 140006 bytes, and the system accepts 131072. ' +
      'Pass the value in a file.',
  );
  // Each of them fits, but not all together.
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`V${at}`, 'x'.repeat(120_000)]));
  const tooMany = await startJob(link, makeSpec('true', { env: many }));
  assert.match(
    tooMany.error ?? '',
    /^The command and the environment are too long: together they have 72\d{5} bytes, /,
  );
  assert.match(tooMany.error ?? '', /\.$/);
});

test('the longest variable that the system accepts starts a job', async (t) => {
  const runner = await startRunner(t);
  const link = await runner.connect();
  const value = 'x'.repeat(131_072 - 'LONG=\0'.length);
  const { log } = await run(runner, link, makeSpec('printf "%s" "$LONG" | wc -c', { env: { LONG: value } }));
  assert.equal(Number(log), value.length);
});
