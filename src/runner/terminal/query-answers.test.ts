import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { QueryAnswers } from './query-answers.ts';

const ATTRIBUTES = { query: '\x1b[c', answer: '\x1b[?1;2c' };
const CURSOR_QUERY = '\x1b[6n';
/** As long as a careless program may take to turn off the echo. */
const CARELESS_MS = 100;

/** The answers to a program that prints to a terminal. */
function openTerminal(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const sent: string[] = [];
  let printed = '';
  let drawn = 0;
  let echo: boolean | undefined = true;
  let logError: Error | undefined;
  const answers = new QueryAnswers({
    showsAnswers: () => echo,
    size: () => ({ columns: 80, rows: 24 }),
    outputBefore: (end) => {
      drawn++;
      if (logError !== undefined) throw logError;
      return Buffer.from(printed.slice(0, end));
    },
    send: (text) => void sent.push(text),
  });
  return {
    sent,
    drawn: () => drawn,
    setEcho: (isOn: boolean) => (echo = isOn),
    failToReadLog: (error?: Error) => (logError = error),
    print: (text: string) => {
      printed += text;
      answers.take(Buffer.from(text), printed.length);
    },
    /** Lets time pass in small steps, with turns of the event loop in between. */
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10) {
        t.mock.timers.tick(10);
        await setImmediate();
      }
    },
  };
}

// Promise: terminal-answers
test('queries that were printed a while before the echo is turned off are not answered, however many', async (t) => {
  const { print, pass, setEcho, sent, drawn } = openTerminal(t);
  print(CURSOR_QUERY.repeat(500));
  await pass(CARELESS_MS);
  setEcho(false);
  await pass(1000 * CARELESS_MS);
  assert.deepEqual(sent, []);
  assert.equal(drawn(), 0);
});

// Promise: terminal-answers
test('a program that asks does not wait behind queries that were printed before', async (t) => {
  const { print, pass, setEcho, sent } = openTerminal(t);
  print(CURSOR_QUERY.repeat(500));
  print('\r\nPassword: ');
  setEcho(false);
  print(ATTRIBUTES.query);
  assert.deepEqual(sent, [ATTRIBUTES.answer]);
  await pass(CARELESS_MS);
  assert.deepEqual(sent, [ATTRIBUTES.answer]);
});

test('a program that turns off the echo at once after its queries gets all answers in order', async (t) => {
  const { print, pass, setEcho, sent } = openTerminal(t);
  print(`text${CURSOR_QUERY}`);
  print(`\x1b[?25l${ATTRIBUTES.query}\r\n`);
  setEcho(false);
  await pass(CARELESS_MS);
  assert.deepEqual(sent, ['\x1b[1;5R', ATTRIBUTES.answer]);
});

// Promise: terminal-answers
test('a query that text follows is not answered, even if the echo is turned off at once', async (t) => {
  const { print, pass, setEcho, sent } = openTerminal(t);
  print(`${CURSOR_QUERY}\x1b[31mtext${ATTRIBUTES.query}\x1b[0m\r\n`);
  print('more');
  setEcho(false);
  await pass(CARELESS_MS);
  assert.deepEqual(sent, []);
});

test('other jobs have a turn between many answers', async (t) => {
  const { print, setEcho, sent } = openTerminal(t);
  setEcho(false);
  print(CURSOR_QUERY.repeat(3));
  assert.equal(sent.length, 1);
  for (let answered = 1; answered < 3; answered = sent.length) await setImmediate();
  assert.deepEqual(sent, new Array(3).fill('\x1b[1;1R'));
});

test('drops a query whose answer fails, and answers the ones behind it', async (t) => {
  const reported = t.mock.method(console, 'error', () => undefined);
  const { print, setEcho, failToReadLog, sent } = openTerminal(t);
  const error = new Error('EMFILE: too many open files');
  setEcho(false);
  failToReadLog(error);
  print(CURSOR_QUERY + ATTRIBUTES.query);
  await setImmediate();
  assert.deepEqual(sent, [ATTRIBUTES.answer]);
  assert.deepEqual(
    reported.mock.calls.map((call) => call.arguments),
    [[error]],
  );
  failToReadLog();
  await setImmediate();
  print(`text${CURSOR_QUERY}`);
  assert.deepEqual(sent, [ATTRIBUTES.answer, '\x1b[1;5R']);
});
