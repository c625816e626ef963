import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findOnPath } from '../../src/jobs/start/shell.ts';
import type { Facts } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { assertRefused, listOf, run, shareSession, SOON, start, statusOf } from './support/session.ts';

const session = await shareSession();

/** Calls `tail` until the screen shows a text, and has facts. Each look waits for output, so nothing is polled. */
async function untilScreen(id: string, pattern: RegExp, wanted: Facts = {}) {
  for (;;) {
    const reply = await session.call('tail', { job_id: id, view: 'screen' });
    assert.equal(reply.isError, false, reply.text);
    const hasFacts = Object.entries(wanted).every(([key, value]) => reply.facts[key] === value);
    if (pattern.test(reply.log) && hasFacts) return reply;
    const cursor = Number(reply.facts.next_cursor);
    await session.call('wait', { job_id: id, cursor, until: 'output', wait_s: SOON });
  }
}

test('a job with tty=true has a terminal of the wanted size, and says so', async () => {
  const { facts, log } = await run(session, 'test -t 0 && test -t 1 && stty size && echo $TERM', {
    tty: true,
    size: '81x25',
  });
  assert.equal(log, '25 81\nxterm-256color\n');
  assert.equal(facts.tty, '81x25');
  const { text } = await session.call('status', { job_id: facts.id });
  assert.match(text, /\btty=81x25\b/);
  assert.doesNotMatch(text, /\b(stdin|stderr)=/);
  const { text: list } = await session.call('list', {});
  assert.match(list, new RegExp(`id=${facts.id}.* tty=true`));
});

test('without tty there is no terminal, and the default size is 120x30', async () => {
  const { facts, log } = await run(session, 'test -t 1 || echo piped');
  assert.deepEqual([log, facts.tty], ['piped\n', undefined]);
  assert.equal((await run(session, 'stty size', { tty: true })).log, '30 120\n');
});

test('restart keeps the terminal', async () => {
  const { facts } = await run(session, 'stty size', { tty: true, size: '90x20' });
  const { facts: again } = await session.call('restart', { job_id: facts.id });
  const { log } = await session.call('wait', { job_id: again.id, wait_s: SOON });
  assert.equal(log, '20 90\n');
});

test('text of a terminal reads like that of pipes', async () => {
  const { log } = await run(session, "printf '\\e[31mred\\e[0m\\n'; printf '10%%\\r100%%\\n'", { tty: true });
  assert.equal(log, 'red\n100%\n');
});

const vim = findOnPath('vim.basic', process.env) ?? findOnPath('vi', process.env);

test(
  'an editor is used with keys, and its screen is read',
  { skip: vim === undefined && 'needs vim or vi' },
  async (t) => {
    const id = await start(session, `${vim} -u NONE -i NONE`, { tty: true, size: '60x10' });
    await untilScreen(id, /~/);
    await session.call('interact', { job_id: id, input: 'ifirst line', newline: true });
    await session.call('interact', { job_id: id, input: 'second', keys: ['esc', 'up', 'home'] });
    // The text may be drawn before the cursor moves.
    const cursor = { cursor_row: '1', cursor_column: '1' };
    const { facts, log } = await untilScreen(id, /second/, cursor);
    assert.match(log, /^first line\nsecond\n~/);
    assert.equal(facts.alternate, 'true');
    await session.call('interact', { job_id: id, input: ':q!', keys: ['enter'] });
    const { facts: ended } = await session.call('wait', { job_id: id, wait_s: SOON });
    assert.equal(ended.status, 'completed');
    t.diagnostic(`with ${vim}`);
  },
);

test('cursor keys follow the mode that the program has set', async () => {
  const command = "stty raw -echo; printf '\\e[?1hready'; dd bs=1 count=3 2>/dev/null | od -An -c; stty sane";
  const id = await start(session, command, { tty: true });
  await untilScreen(id, /ready/);
  await session.call('interact', { job_id: id, keys: ['up'] });
  const { log } = await session.call('wait', { job_id: id, wait_s: SOON });
  assert.match(log, /033 {3}O {3}A/);
});

test('the screen shows characters of the encoding of the job', async () => {
  const cases = [
    ['gbk', String.raw`ABC \304\343\272\303 DEF`, 'ABC 你好 DEF'],
    ['windows-1252', String.raw`caf\351 ok`, 'café ok'],
  ] as const;
  for (const [encoding, printed, text] of cases) {
    const { facts, log } = await run(session, `printf '${printed}'`, { encoding, tty: true });
    assert.equal(log, text);
    const screen = await session.call('tail', { job_id: facts.id, view: 'screen' });
    assert.equal(screen.log.trimEnd(), text);
  }
});

test('a large screen is cut to what fits into a reply, around the cursor', async () => {
  const command = `for i in $(seq 60); do printf '\\e[%d;1H%0248d' $i $i; done; printf '\\e[30;5H'`;
  const { facts } = await run(session, command, { tty: true, size: '250x60' });
  const job = { job_id: facts.id, view: 'screen' };
  const { text, log } = await session.call('tail', job);
  assert.ok(Buffer.byteLength(text) <= 8000);
  assert.match(log, /^\[Of 60 rows, rows 15 to \d\d are shown\. For more, pass max_bytes=\d+\.\]\n0+15\n/);
  const needed = Number(/max_bytes=(\d+)/.exec(log)?.[1]);
  const whole = await session.call('tail', { ...job, max_bytes: needed });
  assert.match(whole.log, /^0+1\n(0+\d+\n){58}0+60$/);
  const few = await session.call('tail', { ...job, lines: 3 });
  assert.match(
    few.log,
    /^\[Of 60 rows, rows 29 to 31 are shown\. For more, pass lines=60.*\]\n0+29\n0+30\n0+31$/,
  );
  assertRefused(
    await session.call('tail', { ...job, stream: 'stderr' }),
    /stdout and stderr.*Leave stream out/,
  );
});

test('Ctrl+C reaches what is in the foreground of the terminal', async () => {
  // The program that gets the signal is in the foreground before it prints.
  const program = 'sh -c "echo begun; exec sleep 1000"';
  const id = await start(session, `bash --norc -ic '${program}; echo status $?'`, { tty: true });
  await session.call('wait', { job_id: id, regex: '^begun', wait_s: SOON });
  await session.call('interact', { job_id: id, keys: ['ctrl-c'] });
  const { facts } = await session.call('wait', { job_id: id, wait_s: SOON });
  assert.equal(facts.reason, 'exit');
});

test('a program that Ctrl+Z has stopped is reported as stopped until it continues', async () => {
  const command = "exec env PS1='prompt> ' bash --norc --noprofile -i";
  const id = await start(session, command, { tty: true, env: { HISTFILE: '' } });
  await session.call('wait', { job_id: id, until: 'input', wait_s: SOON });
  await session.call('interact', { job_id: id, input: 'cat' });
  await session.call('wait', { job_id: id, until: 'input', wait_s: SOON });
  await session.call('interact', { job_id: id, keys: ['ctrl-z'] });
  // The shell says it, once the program has stopped.
  const { facts } = await session.call('wait', { job_id: id, regex: 'Stopped', wait_s: SOON });
  assert.equal(facts.reason, 'pattern');
  const listed = async () => (await listOf(session)).find((job) => job.id === id)?.stopped;
  await eventually('it is listed as stopped', async () => (await listed()) === '1');
  assert.equal((await statusOf(session, id)).stopped, '1');
  const waited = await session.call('wait', { job_id: id, until: 'exit', wait_s: 0.1 });
  assert.deepEqual([waited.facts.reason, waited.facts.stopped], ['timeout', '1']);
  const [, pid] = /^A signal .*"kill -CONT (\d+)" .*"fg"/.exec(waited.blocks[1] ?? '') ?? [];
  assert.equal(readFileSync(`/proc/${pid ?? ''}/comm`, 'utf8'), 'cat\n', 'it names the process');
  const { facts: continued } = await session.call('interact', { job_id: id, input: 'fg' });
  await session.call('wait', {
    job_id: id,
    cursor: Number(continued.next_cursor),
    until: 'input',
    wait_s: SOON,
  });
  assert.equal(await listed(), undefined);
  // A reply waits only so long for what the runner finds.
  await eventually('a timeout says that it waits', async () => {
    const { blocks } = await session.call('wait', { job_id: id, until: 'exit', wait_s: 0.5 });
    return blocks[1]?.startsWith('The job waits for input.') === true;
  });
});

// Promise: terminal-emulator
test('a screen is read after output at which the emulator throws', async () => {
  const id = await start(session, "printf 'gone\\e[999;999H\\e[1J\\e[Hhere'; exec cat", { tty: true });
  const { log } = await untilScreen(id, /here/);
  assert.equal(log, 'here');
});

test('Ctrl+C on a terminal that ends the job names the agent', async () => {
  for (const press of [{ key: 'ctrl-c' }, { keys: ['ctrl-c'] }]) {
    const id = await start(session, 'exec cat', { tty: true });
    await session.call('wait', { job_id: id, until: 'input', wait_s: SOON });
    await session.call('interact', { job_id: id, ...press });
    const { facts } = await session.call('wait', { job_id: id, wait_s: SOON });
    assert.deepEqual([facts.status, facts.ended_by], ['killed', 'agent']);
  }
});

test('wrong calls say what works instead', async () => {
  const piped = await start(session, 'cat');
  const terminal = await start(session, 'cat', { tty: true });
  const calls: [string, Record<string, unknown>, RegExp][] = [
    ['execute', { command: 'true', size: '80x24' }, /Set tty to true/],
    ['execute', { command: 'true', tty: true, size: 'big' }, /such as "120x30"/],
    ['execute', { command: 'true', tty: true, size: '0x24' }, /1 to 500 columns and 1 to 300 rows/],
    ['execute', { command: 'true', tty: true, size: '501x24' }, /1 to 500 columns/],
    ['execute', { command: 'true', tty: true, stdin: 'closed' }, /without a terminal/],
    ['execute', { command: 'true', tty: true, stderr: 'separate' }, /without a terminal/],
    ['interact', { job_id: piped, keys: ['up'] }, /no terminal.*not "up".*tty=true/],
    ['interact', { job_id: piped, keys: ['return'] }, /no key "return".*enter, tab/],
    ['interact', { job_id: terminal, keys: ['return'] }, /no key "return".*enter, tab/],
    ['interact', { job_id: terminal, keys: ['enter'], key: 'ctrl-c' }, /old name of "keys"/],
    [
      'interact',
      { job_id: terminal, input: 'x'.repeat(65_000), keys: Array(1000).fill('f12') },
      /longer than 65536 bytes/,
    ],
    [
      'interact',
      { job_id: terminal, input: 'x'.repeat(5000) },
      /longer than the terminal takes.*without a terminal/,
    ],
    ['tail', { job_id: piped, view: 'screen' }, /no terminal.*tty=true/],
  ];
  for (const [tool, args, expected] of calls) assertRefused(await session.call(tool, args), expected);
});

test('the text of a program that returns to a saved place agrees with its screen', async () => {
  const command = `printf 'head\\n\\0337'; for n in 0 1 2 3 4 5 6 7 8 9; do echo "row $n"; done; printf '\\0338TOP'`;
  const { facts, log } = await run(session, command, { tty: true, size: '40x8' });
  assert.match(log, /row 9\nTOP 3$/);
  const screen = await session.call('tail', { job_id: facts.id, view: 'screen' });
  assert.match(screen.log, /^TOP 3\nrow 4\n/);
  const found = await session.call('search', { job_id: facts.id, regex: '^TOP' });
  assert.match(found.log, /:TOP 3$/m);
});
