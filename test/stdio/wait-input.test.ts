import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findOnPath } from '../../src/jobs/start/shell.ts';
import type { Reply } from '../support/mcp-session.ts';
import { eventually } from '../support/runner.ts';
import { assertRefused, shareSession, SOON, start, statusOf } from './support/session.ts';

const session = await shareSession(['--shell', '/bin/bash']);

/** Long enough for a guess, which takes a second of silence. */
const SILENCE_S = 2.5;
const node = (script: string): string => `'${process.execPath}' -e "${script}"`;
const python = (script: string): string => `python3 -u -c "${script}"`;
const skipPython = findOnPath('python3', process.env) === undefined && 'needs python3';

/** What the reply says about a secret if no user can type it into an editor. */
const NO_EDITOR = /asks for a secret, and this server has no editor.*send it with interact.*in a terminal/;

/** A look at a job gives up on a runner that does not answer for a moment, as on a busy machine. */
function untilStatusSays(id: string, input: string): Promise<void> {
  return eventually(`its status says ${input}`, async () => {
    return (await statusOf(session, id)).waiting_for_input === input;
  });
}

/**
 * Checks a reply about a job that reads a line. On a busy machine, a second may pass between the prompt of the program and
 * its read: then the reply is a guess, and the certain answer comes later.
 */
async function assertWaitsForLine({ facts, text }: Reply): Promise<void> {
  assert.equal(facts.reason, 'input', text);
  assert.match(facts.input ?? '', /^(line|likely)$/, text);
  await untilStatusSays(facts.id!, 'line');
}

/** Starts a command and waits until it waits for input. */
function untilInput(command: string, options: Record<string, unknown> = {}) {
  return session.call('execute', { command, until: 'input', wait_s: SOON, ...options });
}

describe('a program that reads waits for input, with pipes and on a terminal', { concurrency: 4 }, () => {
  const READERS: Readonly<Record<string, string>> = {
    'read of bash': "read -p 'Name: ' name; echo got $name",
    'a command in a pipeline': 'cat | cat; echo got',
    'the child of a shell': "sh -c 'read x; echo got $x'; true",
    'an event loop': node("process.stdin.once('data', (d) => { console.log('got ' + d); process.exit(); })"),
    'readline of Node': node(
      "const r = require('readline').createInterface({ input: process.stdin, output: process.stdout }); r.question('Name? ', (x) => { console.log('got ' + x); r.close(); })",
    ),
  };
  const PYTHON_READERS: Readonly<Record<string, string>> = {
    'input of Python': python("print('got', input('Name? '))"),
    'readv(2)': python("import os; b = bytearray(100); os.readv(0, [b]); print('got')"),
    'poll(2)': python(
      "import select; p = select.poll(); p.register(0, select.POLLIN); p.poll(); print('got')",
    ),
    'select(2)': python("import select; select.select([0], [], []); print('got')"),
    'epoll(7)': python(
      "import select; e = select.epoll(); e.register(0, select.EPOLLIN); e.poll(); print('got')",
    ),
    'a thread': python(
      "import threading, sys; t = threading.Thread(target=lambda: print('got', sys.stdin.readline())); t.start(); t.join()",
    ),
  };
  const all = [
    ...Object.entries(READERS).map(([name, command]) => ({ name, command, skip: false as const })),
    ...Object.entries(PYTHON_READERS).map(([name, command]) => ({ name, command, skip: skipPython })),
  ];
  for (const { name, command, skip } of all) {
    for (const tty of [false, true]) {
      test(`${name}${tty ? ' on a terminal' : ''}`, { skip }, async () => {
        const reply = await untilInput(command, { tty });
        await assertWaitsForLine(reply);
        const { facts } = reply;
        await session.call('interact', { job_id: facts.id, input: 'Ada', eof: true });
        const ended = await session.call('wait', { job_id: facts.id, wait_s: SOON });
        assert.match(ended.log, /got/);
      });
    }
  }
});

describe('a program that does not ask does not wait for input', { concurrency: true }, () => {
  const SILENT: Readonly<Record<string, string>> = {
    'one that sleeps': 'echo begin; exec sleep 100',
    'one that computes in silence': "printf 'computing '; while :; do :; done",
    'a server with a listener for its stdin': node(
      "process.stdin.on('data', () => {}); require('http').createServer().listen(0, () => console.log('ready'))",
    ),
    'a server that has printed an unfinished line': node(
      "process.stdin.resume(); require('http').createServer().listen(0, () => process.stdout.write('listening'))",
    ),
    'one with a timer and a listener': node(
      "process.stdin.resume(); setInterval(() => {}, 60000); console.log('on')",
    ),
    'one with a child and a listener': node(
      "process.stdin.resume(); require('child_process').spawn('sleep', ['100'], { stdio: 'inherit' })",
    ),
    'one that watches files and listens': node(
      "process.stdin.resume(); require('fs').watch('.'); console.log('watching')",
    ),
    'one whose input is another file': 'sleep 100 | { read x; }',
  };
  const SILENT_PYTHON: Readonly<Record<string, string>> = {
    'one that computes beside a thread that reads': python(
      'import threading, sys\nthreading.Thread(target=sys.stdin.read, daemon=True).start()\nwhile True: pass',
    ),
    'a server with a thread that reads': python(
      "import threading, sys, http.server\nthreading.Thread(target=sys.stdin.read, daemon=True).start()\nhttp.server.HTTPServer(('127.0.0.1', 0), None).serve_forever()",
    ),
  };
  const all = [
    ...Object.entries(SILENT).map(([name, command]) => ({ name, command, skip: false as const })),
    ...Object.entries(SILENT_PYTHON).map(([name, command]) => ({ name, command, skip: skipPython })),
  ];
  for (const { name, command, skip } of all) {
    for (const tty of [false, true]) {
      // Promise: input-no-false-alarm
      test(`${name}${tty ? ' on a terminal' : ''}`, { skip }, async () => {
        const { facts, text } = await untilInput(command, { tty, wait_s: SILENCE_S });
        assert.deepEqual([facts.reason, facts.input], ['timeout', undefined], text);
        assert.equal((await statusOf(session, facts.id!)).waiting_for_input, undefined);
        await session.call('kill', { job_id: facts.id, grace_s: 0 });
      });
    }
  }
});

test('a program that hides what is typed asks for a secret, and without an editor the reply says what to do instead of ask_user', async () => {
  const { facts, blocks } = await untilInput("read -sp 'Password: ' x; echo; echo ${#x} characters", {
    tty: true,
  });
  assert.deepEqual([facts.reason, facts.input], ['input', 'hidden']);
  assert.match(blocks.at(-1)!, NO_EDITOR);
  assert.doesNotMatch(blocks.join('\n'), /ask_user/);
  // A reply waits only so long for what the runner finds.
  await eventually('a timeout says what to do', async () => {
    const late = await session.call('wait', { job_id: facts.id, until: 'exit', wait_s: 0.1 });
    assert.doesNotMatch(late.blocks.join(), /ask_user/);
    return NO_EDITOR.test(late.blocks.at(-1)!);
  });
  await untilStatusSays(facts.id!, 'hidden');
});

test('a question for a password through pipes does not suggest ask_user without an editor, either', async () => {
  const reply = await untilInput("printf 'Enter passphrase for key: '; read x");
  await assertWaitsForLine(reply);
  const { blocks } = reply;
  assert.match(blocks.at(-1)!, NO_EDITOR);
  assert.doesNotMatch(blocks.join('\n'), /ask_user/);
});

test('a program that opens its terminal itself waits for input, also with another stdin', async () => {
  const { facts } = await untilInput('read x < /dev/tty; echo got $x', { tty: true, stdin: 'open' });
  assert.equal(facts.input, 'line');
  const { facts: hidden } = await untilInput('stty -echo < /dev/tty; head -n 1 /dev/tty', { tty: true });
  assert.equal(hidden.input, 'hidden');
});

test('a prompt of a program that waits for other things, too, is a guess', async () => {
  const command = node(
    "require('net').createServer().listen(0); require('readline').createInterface({ input: process.stdin, output: process.stdout }).question('Name? ', () => {})",
  );
  for (const tty of [false, true]) {
    const { facts, text } = await untilInput(command, { tty });
    assert.deepEqual([facts.reason, facts.input], ['input', 'likely'], text);
  }
});

test('each question of a program is waited for, and its end', async () => {
  const { facts } = await untilInput("for i in 1 2; do read -p 'Go on? ' x; sleep 0.3; done", { tty: true });
  const answer = async () => {
    const { facts: answered } = await session.call('interact', { job_id: facts.id, input: 'yes' });
    const cursor = Number(answered.next_cursor);
    return session.call('wait', { job_id: facts.id, until: 'input', cursor, wait_s: SOON });
  };
  assert.equal((await answer()).facts.reason, 'input');
  assert.equal((await answer()).facts.reason, 'exit');
});

test('the status of a job that reads says so each time, also while another process of it prints', async () => {
  const id = await start(session, '(while :; do echo tick; sleep 0.01; done) & read x');
  let cursor = 0;
  await eventually('it says so after each of ten lines', async () => {
    for (let count = 0; count < 10; count++) {
      const { facts } = await session.call('wait', { job_id: id, cursor, until: 'output', wait_s: SOON });
      cursor = Number(facts.next_cursor);
      if ((await statusOf(session, id)).waiting_for_input !== 'line') return false;
    }
    return true;
  });
});

test('a stopped program does not wait for input until it continues', async () => {
  const id = await start(session, 'exec cat');
  const { facts } = await session.call('wait', { job_id: id, until: 'input', wait_s: SOON });
  assert.equal(facts.input, 'line');
  const { pid } = await statusOf(session, id);
  process.kill(Number(pid), 'SIGSTOP');
  await eventually('it is stopped', async () => (await statusOf(session, id)).stopped === '1');
  assert.equal((await statusOf(session, id)).waiting_for_input, undefined);
  process.kill(Number(pid), 'SIGCONT');
  assert.equal(
    (await session.call('wait', { job_id: id, until: 'input', wait_s: SOON })).facts.input,
    'line',
  );
});

test('a job with its stdin closed is refused', async () => {
  assertRefused(await untilInput('cat', { stdin: 'closed' }), /stdin "open"/);
  const id = await start(session, 'sleep 100', { stdin: 'closed' });
  assertRefused(await session.call('wait', { job_id: id, until: 'input' }), /stdin "open"/);
});
