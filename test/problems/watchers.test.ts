import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { openSession, type Scope } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';

const FILE: Scope = { after: (action) => after(action as () => unknown) };
const session = await openSession(FILE, { args: ['--max-concurrent-jobs', '50'] });
const TSC = join(import.meta.dirname, '../../node_modules/.bin/tsc');

const GOOD = 'export const count: number = 3;\n';
const BAD = 'export const count: number = "three";\n';
/** Waits of 50 s are the longest that a call takes. */
const LONG = 50;

/** A project with one file. */
function project(t: TestContext): { folder: string; write: (text: string) => void } {
  const folder = scratchFolder(t);
  mkdirSync(join(folder, 'src'));
  const options = { noEmit: true, types: [], skipLibCheck: true };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['src'] }),
  );
  // In one step, since the compiler reads the file while it is written.
  const write = (text: string): void => {
    writeFileSync(join(folder, 'draft'), text);
    renameSync(join(folder, 'draft'), join(folder, 'src/a.ts'));
  };
  write(GOOD);
  return { folder, write };
}

test('tsc --watch: each wait returns when the round after the cursor is done, with its problems', async (t) => {
  const { folder, write } = project(t);
  const first = await session.call('execute', {
    ...{ command: `${TSC} --watch`, name: 'watch', cwd: folder, problems: 'auto' },
    ...{ until: 'ready', wait_s: LONG },
  });
  t.after(() => session.call('kill', { job_id: first.facts.id }));
  assert.deepEqual([first.facts.reason, first.facts.errors, first.log], ['ready', '0', 'No problems.']);

  write(BAD);
  const broken = await session.call('wait', {
    ...{ job_id: 'watch', until: 'ready', cursor: Number(first.facts.next_cursor), wait_s: LONG },
  });
  assert.deepEqual([broken.facts.reason, broken.facts.errors], ['ready', '1']);
  assert.equal(broken.log, "src/a.ts:1:14 error Type 'string' is not assignable to type 'number'. (2322)");

  write(GOOD);
  const fixed = await session.call('wait', {
    ...{ job_id: 'watch', until: 'ready', cursor: Number(broken.facts.next_cursor), wait_s: LONG },
  });
  assert.deepEqual([fixed.facts.reason, fixed.facts.errors, fixed.log], ['ready', '0', 'No problems.']);

  // Nothing has changed since.
  const idle = await session.call('wait', {
    ...{ job_id: 'watch', until: 'ready', cursor: Number(fixed.facts.next_cursor), wait_s: 1 },
  });
  assert.equal(idle.facts.reason, 'timeout');
  // Without a cursor, the last round counts.
  const now = await session.call('wait', { job_id: 'watch', until: 'ready' });
  assert.deepEqual([now.facts.reason, now.facts.errors], ['ready', '0']);
});

test('the loop of editing and compiling takes half the bytes of reading the log', async (t) => {
  /** Breaks the file and repairs it. @returns the bytes of all requests and replies */
  const loop = async (start: object, next: object): Promise<number> => {
    const { folder, write } = project(t);
    const command = `${TSC} --watch`;
    let { facts } = await session.call('execute', { command, cwd: folder, name: 'loop', ...start });
    let bytes = 0;
    for (const text of [BAD, GOOD]) {
      write(text);
      const request = { job_id: 'loop', ...next, cursor: Number(facts.next_cursor) };
      const reply = await session.call('wait', request);
      bytes += Buffer.byteLength(JSON.stringify(request)) + Buffer.byteLength(reply.text);
      ({ facts } = reply);
    }
    await session.call('kill', { job_id: 'loop' });
    return bytes;
  };
  const regex = 'Watching for file changes';
  const ready = { until: 'ready' };
  const byProblems = await loop({ problems: ['auto'], ...ready, wait_s: LONG }, ready);
  const byLog = await loop({ regex, wait_s: LONG }, { regex });
  t.diagnostic(`${byProblems} bytes by problems, ${byLog} by the log`);
  assert.ok(byProblems <= byLog / 2);
});

/** A watcher that does as it is told by its input. */
const WATCHER = 'echo begin; echo end; while read -r line; do echo "$line"; done';
const MATCHER = JSON.stringify({
  owner: 'x',
  pattern: { regexp: '^(\\w+):(\\d+) (.*)$', message: 3 },
  background: { activeOnStart: true, beginsPattern: '^begin', endsPattern: '^end' },
});

test('a round that begins clears the problems, and a wait lasts until it ends', async (t) => {
  const { facts } = await session.call('execute', {
    command: WATCHER,
    problems: [MATCHER],
    until: 'ready',
  });
  const { id = '' } = facts;
  t.after(() => session.call('kill', { job_id: id }));
  assert.equal(facts.errors, '0');
  const send = (input: string) => session.call('interact', { job_id: id, input });
  await send('begin\na:1 one\nb:2 two\nend');
  const two = await session.call('wait', { job_id: id, until: 'ready', cursor: Number(facts.next_cursor) });
  assert.deepEqual([two.facts.errors, two.log], ['2', 'a:1 error one\nb:2 error two']);
  await send('begin');
  await eventually('the round begins', async () => {
    const { text } = await session.call('status', { job_id: id });
    return text.includes('problems=0 errors=0 warnings=0 busy=true matchers=inline\n');
  });
  const waiting = session.call('wait', { job_id: id, until: 'ready' });
  await send('c:3 three\nend');
  const three = await waiting;
  assert.equal(three.log, 'c:3 error three');
});

test('a round of a single file replaces only the problems of that file', async (t) => {
  const matcher = MATCHER.replace('"^begin"', '{"regexp":"^begin(?: (.*))?","file":1}');
  const { facts } = await session.call('execute', {
    ...{ command: WATCHER, problems: [matcher], until: 'ready' },
  });
  const { id = '' } = facts;
  t.after(() => session.call('kill', { job_id: id }));
  let cursor = Number(facts.next_cursor);
  const round = async (input: string): Promise<string> => {
    await session.call('interact', { job_id: id, input });
    const reply = await session.call('wait', { job_id: id, until: 'ready', cursor });
    cursor = Number(reply.facts.next_cursor);
    return reply.log;
  };
  assert.equal(await round('begin\na:1 one\nb:2 two\nend'), 'a:1 error one\nb:2 error two');
  assert.equal(await round('begin a\na:3 three\nend'), 'b:2 error two\na:3 error three');
  assert.equal(await round('begin b\nend'), 'a:3 error three');
  // The same problem is found again.
  assert.equal(await round('begin a\na:3 three\nend'), 'a:3 error three');
  assert.equal(await round('begin\nend'), 'No problems.');
});

test('a watcher that exits ends the wait, and its last problems are reported', async () => {
  const { facts } = await session.call('execute', { command: WATCHER, problems: [MATCHER] });
  await session.call('interact', { job_id: facts.id, input: 'begin\na:1 one', eof: true });
  const { facts: ended } = await session.call('wait', { job_id: facts.id, until: 'ready', cursor: 10 });
  assert.deepEqual([ended.reason, ended.status, ended.errors], ['exit', 'completed', '1']);
});

test('another job starts after the first round of a watcher', async (t) => {
  const { facts } = await session.call('execute', {
    command: 'read -r line; echo begin; echo end; cat',
    problems: [MATCHER.replace('"activeOnStart":true', '"activeOnStart":false')],
  });
  t.after(() => session.call('kill', { job_id: facts.id }));
  const next = await session.call('execute', { command: 'echo after', after: [facts.id] });
  assert.equal(next.facts.status, 'queued');
  await session.call('interact', { job_id: facts.id, input: 'go' });
  const ended = await session.call('wait', { job_id: next.facts.id });
  assert.deepEqual([ended.facts.status, ended.log], ['completed', 'after\n']);
});
