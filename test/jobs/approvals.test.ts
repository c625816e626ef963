import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { DEFAULT_LIMITS } from '../../src/jobs/records/limits.ts';
import {
  type ApprovalSettings,
  type CommandQuestion,
  JobApprovals,
} from '../../src/jobs/start/job-approvals.ts';
import { start, untilEnd, untilPrinted } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

type Answer = 'once' | 'session' | undefined;

interface Opened {
  readonly manager: JobManager;
  readonly folder: string;
  /** What the user was asked. */
  readonly asked: CommandQuestion[];
  /** What the user answers. */
  answer: Answer | Promise<Answer>;
}

function open(
  t: TestContext,
  change: Partial<ApprovalSettings> = {},
  denied: readonly string[] = [],
): Opened {
  const folder = scratchFolder(t);
  const asked: CommandQuestion[] = [];
  const approvals: ApprovalSettings = {
    rules: { echo: true, 'sleep 100': true, rm: false },
    approvesNpmScripts: true,
    allowsFileWrites: false,
    folders: [folder],
    ...change,
  };
  const list = (name: string, patterns: readonly string[]) => ({ name, patterns });
  const commandLists = { allowed: list('allowed', []), denied: list('denied', denied) };
  const opened: Opened = {
    manager: openManager(t, {
      settings: () => ({
        ...{ limits: DEFAULT_LIMITS, shell: '/bin/bash', cwd: folder, commandLists, approvals },
      }),
      askApproval: (question) => {
        asked.push(question);
        return Promise.resolve(opened.answer);
      },
    }),
    folder,
    asked,
    answer: undefined,
  };
  return opened;
}

test('what a rule approves runs without a question, and the record names the rule', async (t) => {
  const { manager, asked } = open(t);
  const { approvedBy } = await start(manager, 'echo a && echo "b c"');
  assert.equal(approvedBy, 'rule echo');
  assert.deepEqual(asked, []);
});

test('the rest is asked for with the reason, and a refusal starts nothing', async (t) => {
  const opened = open(t);
  const { manager, asked } = opened;
  await assert.rejects(start(manager, 'echo a; rm -rf x'), /The user does not allow this command/);
  await assert.rejects(start(manager, 'make all'), /does not allow/);
  assert.deepEqual(
    asked.map(({ why }) => why),
    ['the rule `rm` denies `rm -rf x`', 'no rule approves `make all`'],
  );
  assert.deepEqual(manager.jobs.list(), []);
  opened.answer = 'once';
  assert.equal((await start(manager, 'true x')).approvedBy, 'the user');
  await start(manager, 'true x');
  assert.equal(asked.length, 4);
  opened.answer = 'session';
  await start(manager, 'true y');
  assert.equal((await start(manager, 'true y')).approvedBy, 'the user, for this session');
  assert.equal(asked.length, 5);
});

test('variables, other folders, files and what cannot be read are asked for, whatever the rules', async (t) => {
  const { manager, asked, folder } = open(t, { rules: { '/.*/': true } });
  mkdirSync(join(folder, 'sub'));
  assert.equal((await start(manager, 'true', { cwd: 'sub' })).approvedBy, 'rule /.*/');
  for (const [command, request] of [
    ['true', { env: { PATH: '/tmp' } }],
    ['true', { cwd: '/tmp' }],
    ['PATH=/tmp true', {}],
    ['true > file', {}],
    ['$x', {}],
    ['echo "', {}],
  ] as const) {
    const before = asked.length;
    await assert.rejects(start(manager, command, request), /does not allow/, command);
    assert.equal(asked.length, before + 1, command);
  }
  const variables = { PORT: '3000', LD_PRELOAD: '/tmp/a b.so\u202e' };
  await assert.rejects(start(manager, 'true', { env: variables, cwd: '/tmp' }), /does not allow/);
  assert.equal(
    asked.at(-1)?.why,
    'it gets the environment variables PORT="3000" LD_PRELOAD="/tmp/a b.so\\u202e" and its folder "/tmp" is not in the workspace',
  );
});

test('scripts of package.json are approved by their name, without arguments', async (t) => {
  const { manager, folder, asked } = open(t);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { build: 'true' } }));
  assert.equal((await start(manager, 'npm run build')).approvedBy, 'rule script build of package.json');
  await assert.rejects(start(manager, 'npm run other'), /does not allow/);
  await assert.rejects(start(manager, 'npm run build -- --x'), /does not allow/);
  assert.equal(asked.length, 2);
});

test('a broken rule denies nothing silently, and a slow one is asked for', async (t) => {
  const broken = open(t, { rules: { '/(/': false, echo: true } });
  await assert.rejects(start(broken.manager, 'echo a'), /does not allow/);
  assert.match(broken.asked[0]!.why, /`\/\(\/` is not a regular expression/);
  const slow = open(t, { rules: { '/^(a+)+$/': true } });
  await assert.rejects(start(slow.manager, `${'a'.repeat(40)}b`), /does not allow/);
  assert.equal(slow.asked.length, 1);
});

test('the setting that approves everything asks nothing, and the record names it', async (t) => {
  const { manager, asked } = open(t, { approvesAll: 'chat.tools.global.autoApprove' });
  const { approvedBy } = await start(manager, 'touch x');
  assert.deepEqual([approvedBy, asked], ['setting chat.tools.global.autoApprove', []]);
});

test('the command lists come first, and a person needs no approval', async (t) => {
  const { manager, asked } = open(t, {}, ['^echo secret']);
  await assert.rejects(start(manager, 'echo secret'), /policy refuses/);
  assert.equal((await start(manager, 'true', { startedBy: { kind: 'person' } })).approvedBy, undefined);
  assert.deepEqual(asked, []);
});

test('a restart by an agent needs an approval, and the job continues without one', async (t) => {
  const opened = open(t);
  const { manager } = opened;
  const allowed = await start(manager, 'sleep 100');
  assert.equal((await manager.restart(allowed.id, { kind: 'agent' })).job.approvedBy, 'rule sleep 100');
  const own = await start(manager, 'sleep 101', { startedBy: { kind: 'person' } });
  await assert.rejects(manager.restart(own.id, { kind: 'agent' }), /does not allow/);
  assert.equal(manager.jobs.get(own.id).status, 'running');
});

test('a restart by a person does not wait for the answer to the same restart by an agent', async (t) => {
  const opened = open(t);
  const { manager, asked } = opened;
  const { id } = await manager
    .start({ command: 'exec sleep 1000', startedBy: { kind: 'person' } })
    .then(({ job }) => job);
  let answer: (answer: Answer) => void = () => undefined;
  opened.answer = new Promise((resolve) => (answer = resolve));
  const refused = assert.rejects(manager.restart(id, { kind: 'agent' }), /does not allow/);
  await eventually('the user is asked', () => asked.length === 1);
  const { job, isExisting } = await manager.restart(id, { kind: 'person' });
  assert.deepEqual([job.status, isExisting], ['running', false]);
  answer(undefined);
  await refused;
});

test('no start waits for the answer about another job, and the user is asked about all of them at once', async (t) => {
  const opened = open(t);
  const { manager, asked } = opened;
  const person = { kind: 'person' } as const;
  const own = await start(manager, 'exec sleep 1000', { startedBy: person });
  let answer: (answer: Answer) => void = () => undefined;
  opened.answer = new Promise((resolve) => (answer = resolve));
  const first = manager.start({ command: 'true 1', name: 'first', startedBy: { kind: 'agent' } });
  await eventually('the user is asked', () => asked.length === 1);

  assert.equal((await manager.restart(own.id, person)).job.status, 'running');
  const task = await manager.start({ command: 'exec sleep 1000', after: [], startedBy: person });
  assert.equal(task.job.status, 'running');
  await manager.start({ command: 'true', after: [(await start(manager, 'echo a')).id], startedBy: person });

  const second = manager.start({ command: 'true 2', after: ['first'], startedBy: { kind: 'agent' } });
  await eventually('the user is asked about both', () => asked.length === 2);
  answer('once');
  assert.deepEqual((await second).job.after, [(await first).job.id]);
});

test('a running job of the same name is returned without a question', async (t) => {
  const opened = open(t);
  const { manager, asked } = opened;
  opened.answer = 'once';
  const { id } = await start(manager, 'sleep 102', { name: 'web' });
  assert.equal((await start(manager, 'sleep 102', { name: 'web' })).id, id);
  assert.equal(asked.length, 1);
  await manager.kill(id, 'agent');
  await untilEnd(manager, id);
});

test('a job that is being killed is not started again without a question', async (t) => {
  const opened = open(t);
  const { manager, asked, folder } = opened;
  opened.answer = 'once';
  const gate = join(folder, 'gate');
  const command = `trap 'until [ -e ${gate} ]; do sleep 0.02; done; exit' TERM; echo ready; while :; do sleep 0.02; done`;
  const job = await start(manager, command, { name: 'web', graceSeconds: 30 });
  await untilPrinted(manager, job.id, 'ready');
  opened.answer = undefined;
  const killing = manager.kill(job.id, 'agent');
  const refused = assert.rejects(start(manager, command, { name: 'web' }), /does not allow/);
  writeFileSync(gate, '');
  await refused;
  await killing;
  assert.equal(asked.length, 2);
});

const WANTED = { command: 'x', cwd: '/a', env: {}, shell: '/bin/sh', startedBy: { kind: 'agent' } } as const;

/** Approvals without rules. @param answerMs how long a call waits for the user */
function approvalsWith(ask: () => Promise<Answer>, answerMs?: number): JobApprovals {
  const settings: ApprovalSettings = {
    ...{ rules: {}, approvesNpmScripts: false, allowsFileWrites: false, folders: ['/'] },
  };
  const judge = async () => ({ decision: 'ask', why: 'no rule' }) as const;
  return new JobApprovals({ settings: () => settings, judge, ask }, answerMs);
}

test('a late answer approves the next call, once, and two calls ask once', async () => {
  const answers: ((answer: Answer) => void)[] = [];
  const approvals = approvalsWith(() => new Promise((resolve) => answers.push(resolve)), 1);
  await Promise.all([
    assert.rejects(approvals.require(WANTED), /has not answered yet/),
    assert.rejects(approvals.require(WANTED), /has not answered yet/),
  ]);
  assert.equal(answers.length, 1);
  answers[0]!('once');
  assert.equal(await approvals.require(WANTED), 'the user');
  await assert.rejects(approvals.require(WANTED), /has not answered yet/);
  assert.equal(answers.length, 2);
});

test('a question that cannot be shown is an error of that call alone', async () => {
  let asked = 0;
  const approvals = approvalsWith(() =>
    ++asked === 1 ? Promise.reject(new Error('No window.')) : Promise.resolve('once'),
  );
  await assert.rejects(approvals.require(WANTED), /No window/);
  assert.equal(await approvals.require(WANTED), 'the user');
});

test('a job whose start waits for the user is recorded as failed if the one before it fails meanwhile', async (t) => {
  const opened = open(t);
  const { manager } = opened;
  const base = await start(manager, 'sleep 100', { name: 'base' });
  let allow: ((answer: Answer) => void) | undefined;
  opened.answer = new Promise((resolve) => (allow = resolve));
  const next = start(manager, 'make all', { after: ['base'] });
  await eventually('the user is asked', () => opened.asked.length === 1);
  await manager.kill(base.id, 'person');
  assert.equal(manager.jobs.get('base').status, 'killed');
  allow!('once');
  const { status, failedDependency, error } = await next;
  assert.deepEqual([status, failedDependency], ['failed', base.id]);
  assert.match(error ?? '', /^It was not started, because the job "base" /);
});
