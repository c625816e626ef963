import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { run, shareSession, SOON, untilExit } from './support/session.ts';

const session = await shareSession();

const ERROR = "src/a.ts(3,7): error TS2322: Type 'x' is not assignable to type 'y'.";
const WARNING = 'src/b.ts(1,2): warning TS6133: unused';

/** Prints lines as a compiler does. */
function print(...lines: readonly string[]): string {
  return `printf '%s\\n' ${lines.map((line) => `"${line}"`).join(' ')}`;
}

test('a failed build returns its problems in place of the log', async () => {
  const reply = await run(session, `echo noise; ${print(ERROR, WARNING)}; exit 2`, { problems: ['$tsc'] });
  const { id, problems, errors, warnings, matchers, exit_code, next_cursor, cursor } = reply.facts;
  assert.deepEqual([problems, errors, warnings, matchers, exit_code], ['2', '1', '1', '$tsc', '2']);
  assert.equal(
    reply.log,
    "src/a.ts:3:7 error Type 'x' is not assignable to type 'y'. (2322)\nsrc/b.ts:1:2 warning unused (6133)\n" +
      `[The problems replace ${next_cursor} bytes of output: output with cursor=0 reads them.]`,
  );
  assert.equal(cursor, '0');
  const log = await session.call('output', { job_id: id, cursor: 0 });
  assert.equal(log.log, `noise\n${ERROR}\n${WARNING}\n`);
  assert.equal(log.facts.next_cursor, next_cursor);
});

test('a reply with problems does not say that they replace output if there is none after the cursor', async () => {
  const { facts } = await run(session, `${print(ERROR)}; exit 1`, { problems: ['$tsc'] });
  const reply = await session.call('wait', { job_id: facts.id, cursor: Number(facts.next_cursor) });
  assert.equal(reply.log, "src/a.ts:3:7 error Type 'x' is not assignable to type 'y'. (2322)");
});

test('a build without problems returns its log, and so does one that fails for another reason', async () => {
  const good = await run(session, 'echo built', { problems: ['$tsc'] });
  assert.deepEqual([good.facts.problems, good.facts.errors, good.log], ['0', '0', 'built\n']);
  const failed = await run(session, `${print(WARNING)}; echo no linker; exit 1`, { problems: '$tsc' });
  assert.deepEqual([failed.facts.warnings, failed.log], ['1', `${WARNING}\nno linker\n`]);
});

test('status shows the problems, list counts them, and search finds those that a reply leaves out', async () => {
  const command = `for i in $(seq 1 30); do echo "a.ts($i,1): error TS1: no $i"; done; exit 1`;
  const { facts, log } = await run(session, command, { problems: ['tsc'], name: 'many' });
  assert.equal(facts.errors, '30');
  const rest = /^\[10 more\. To see them: search (\{.*\})\]$/m.exec(log)?.[1];
  assert.ok(rest !== undefined, log);
  const found = await session.call('search', { ...(JSON.parse(rest) as object), context: 0 });
  assert.equal(found.facts.matches, '10');
  assert.match(found.log, /@\d+:a\.ts\(21,1\): error TS1: no 21\n/);
  assert.doesNotMatch(found.text, /is now called/);
  const status = await session.call('status', { job_id: facts.id });
  assert.match(status.text, /^problems=30 errors=30 warnings=0 matchers="\$tsc"$/m);
  assert.match(status.text, /^a\.ts:1:1 error no 1 \(1\)$/m);
  const list = await session.call('list', {});
  assert.match(list.text, /name=many status=failed exit_code=1 problems=30 errors=30 warnings=0 /);
});

test('auto picks the matchers by the command and says which', async () => {
  const { facts } = await session.call('execute', { command: 'make --version; echo tsc', problems: 'auto' });
  assert.equal(facts.matchers, '$gcc');
  const none = await session.call('execute', { command: 'echo tsc', problems: ['auto'] });
  assert.equal(none.facts.matchers, 'none');
  // Later tests count the jobs that have finished.
  for (const { id } of [facts, none.facts]) await untilExit(session, id);
});

test('finds problems in an inline matcher as in tasks.json, and shows whole files', async () => {
  const matcher = { pattern: { regexp: '^BAD (.*)$', kind: 'file', file: 1 }, severity: 'warning' };
  const reply = await run(session, 'echo BAD x.css', { problems: [JSON.stringify(matcher)] });
  assert.match(reply.log, /^x\.css warning BAD x\.css\n/);
  assert.equal(reply.facts.matchers, 'inline');
});

test('shows a path outside of the folder of the job as it is, and one in a subfolder relative to it', async (t) => {
  const folder = scratchFolder(t);
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'sub/in.c'), '');
  const lines = print('in.c:1:2: error: one', '/nowhere/out.c:3:4: error: two');
  const { log } = await run(session, lines, { problems: ['$gcc'], cwd: join(folder, 'sub') });
  assert.match(log, /^in\.c:1:2 error one\n\/nowhere\/out\.c:3:4 error two\n/);
});

test('restart keeps the matchers', async () => {
  const { facts } = await run(session, `${print(ERROR)}; exit 1`, { problems: ['$tsc'], name: 'again' });
  const again = await session.call('restart', { job_id: facts.id });
  const { facts: ended } = await session.call('wait', { job_id: again.facts.id, wait_s: SOON });
  assert.equal(ended.errors, '1');
});

const REFUSED: readonly (readonly [what: string, problems: unknown, error: RegExp])[] = [
  [
    'an unknown name',
    ['$tsc-wacth'],
    /^Error: There is no problem matcher "\$tsc-wacth"\. Similar ones: \$tsc-watch, /,
  ],
  [
    'an invalid expression',
    ['{"pattern":{"regexp":"("}}'],
    /^Error: The pattern is not a valid regular expression: "\(": Unterminated group\./,
  ],
  [
    'no endsPattern',
    ['{"base":"$tsc","background":{"beginsPattern":"x"}}'],
    /^Error: "background" has no endsPattern\. Give both/,
  ],
  ['text that is not JSON', ['{x'], /^Error: A problem matcher is not valid JSON/],
  [
    'a matcher that is too long',
    [JSON.stringify({ pattern: { regexp: 'x'.repeat(70_000) } })],
    /^Error: The problem matchers have more than 65536 bytes/,
  ],
];
for (const [what, problems, error] of REFUSED) {
  // Promise: invalid-matcher
  test(`refuses ${what}, and starts nothing`, async () => {
    const before = await session.call('list', { limit: 1 });
    const reply = await session.call('execute', { command: 'true', problems });
    assert.match(reply.text, error);
    const after = await session.call('list', { limit: 1 });
    assert.equal(after.facts.finished, before.facts.finished);
  });
}

// Promise: stuck-matcher
test('a matcher that is stuck is reported, and the job and its log go on', async () => {
  const matcher = { pattern: { regexp: '^(a+)+$', file: 1, line: 1 } };
  const command = `echo ${'a'.repeat(40)}!; echo after`;
  const { facts, log } = await run(session, command, { problems: [JSON.stringify(matcher)] });
  assert.match(facts.matcher_error ?? '', /^A problem matcher takes too long on the output from cursor 0 on/);
  assert.match(log, /after\n$/);
  const { text } = await session.call('status', { job_id: facts.id });
  assert.match(text, /^problems=0 errors=0 warnings=0 matcher_error="/m);
  assert.doesNotMatch(text, /No problems/);
});

test('problems do not replace output of which a part was not looked at', async () => {
  const matcher = { pattern: { regexp: '^(?:(a+)+|BAD (\\d+))$', file: 2, line: 2 } };
  const stuck = `echo ${'a'.repeat(40)}!; echo BAD 2`;
  const command = `echo BAD 1; read x; ${stuck}; exit 1`;
  const { facts } = await session.call('execute', { command, problems: [JSON.stringify(matcher)] });
  // A reply has the problems in everything that was printed.
  await session.call('wait', { job_id: facts.id, until: 'output', wait_s: SOON });
  await session.call('interact', { job_id: facts.id, input: '' });
  const reply = await session.call('wait', { job_id: facts.id, wait_s: SOON });
  assert.equal(reply.facts.problems, '1', reply.text);
  assert.match(reply.facts.matcher_error ?? '', /takes too long/);
  assert.match(reply.log, /^BAD 1\na+!\nBAD 2\n$/);
});

// Promise: many-problems
test('counts 100,000 problems, and still answers with twenty lines', async () => {
  const command = `seq 1 100000 | awk '{ print "a.ts(" $1 ",1): error TS1: no" }'; exit 1`;
  const { facts, log } = await run(session, command, { problems: ['$tsc'], wait_s: 50 });
  assert.equal(facts.errors, '100000');
  assert.equal(log.split('\n').filter((line) => line.startsWith('a.ts:')).length, 20);
});

// Promise: forged-problem
test('a message cannot forge a line of the reply', async () => {
  const { log } = await run(session, `printf 'a.ts(1,1): error TS1: x\\xe2\\x80\\xae[fake]\\n'; exit 1`, {
    problems: ['$tsc'],
  });
  assert.match(log, /^a\.ts:1:1 error x\\u202e\[fake\] \(1\)\n/);
});

test('a server without an editor has no tasks, and says so', async () => {
  const reply = await session.call('execute', { task: 'build' });
  assert.match(reply.text, /^Error: Tasks can only be run in an editor, .* Give the command instead\.$/);
  const neither = await session.call('execute', {});
  assert.match(neither.text, /^Error: The parameter "command" is missing\. Give it, or a "task"\.$/);
});
