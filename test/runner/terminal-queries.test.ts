import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeats } from '../support/repeats.ts';
import { startJob, untilEnded } from '../support/runner.ts';
import { openTerminalRunner, terminalSpec, untilPrinted } from '../support/terminal-runner.ts';

/** Asks for the cursor position, and shows the answer as octal numbers. Gives up after a while, as programs do. */
const ASK = `stty raw -echo; printf 'four\\r\\n\\e[5C\\e[6n'; IFS= read -r -d R -t 20 answer; stty sane; printf '\\n<%q>\\n' "$answer"`;

test('a program that asks its terminal for the cursor gets an answer if no viewer shows it', async (t) => {
  const { run } = await openTerminalRunner(t);
  const { text } = await run(ASK);
  assert.match(text, /<\$'\\E\[2;6'>/);
});

test('the cursor is where the output is in its encoding', async (t) => {
  const { run } = await openTerminalRunner(t);
  const command = ASK.replace('four', '\\304\\343\\272\\303!').replace('\\r\\n', '');
  const { text } = await run(command, { encoding: 'gbk' });
  assert.match(text, /<\$'\\E\[1;11'>/);
});

test('all queries of one write are answered in order', async (t) => {
  const { run } = await openTerminalRunner(t);
  const command = `stty raw -echo; printf '\\e[c\\e[6n\\e[18t'; IFS= read -r -d t -t 20 answer; stty sane; printf '\\n<%q>\\n' "$answer"`;
  const { text } = await run(command);
  assert.match(text, /<\$'\\E\[\?1;2c\\E\[1;1R\\E\[8;30;120'>/);
});

// Promise: terminal-answers
test('a viewer answers alone, and after it has gone the runner answers again', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const command = `stty raw -echo
    ask() { printf "$1"'\\e[6n'; IFS= read -r -d R -t 20 answer; printf '<%q>' "$answer"; }
    printf ready; read -r -d g; ask one; printf next; read -r -d g; ask two`;
  const spec = terminalSpec(command);
  await startJob(link, spec);
  const ended = untilEnded(link, spec.id);
  const write = (text: string) => link.write({ id: spec.id, text, eof: false });
  await untilPrinted(link, output, spec.id, 'ready');
  await link.view(spec.id);
  await write('g');
  await untilPrinted(link, output, spec.id, 'one\x1b[6n');
  await write('\x1b[9;9R');
  await untilPrinted(link, output, spec.id, 'next');
  link.unview(spec.id);
  await write('g');
  await ended;
  assert.match(output(spec.id), /one\x1b\[6n<\$'\\E\[9;9'>nexttwo\x1b\[6n<\$'\\E\[1;\d+'>$/); // eslint-disable-line no-control-regex -- a query
});

test('a viewer that answers only after much more output gets its answer through, and nothing is lost', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec(
    `stty raw -echo; printf ready; read -r -d g; printf 'asks\\e[6n'; seq 100000; printf asked
    IFS= read -r -d R -t 20 answer; printf '<%q>' "$answer"`,
  );
  await startJob(link, spec);
  const ended = untilEnded(link, spec.id);
  await untilPrinted(link, output, spec.id, 'ready');
  await link.view(spec.id);
  await link.write({ id: spec.id, text: 'g', eof: false });
  await untilPrinted(link, output, spec.id, 'asked');
  await link.write({ id: spec.id, text: '\x1b[7;7R', eof: false });
  await ended;
  const numbers = Array.from({ length: 100_000 }, (_, at) => `${at + 1}\n`).join('');
  assert.ok(output(spec.id).endsWith(`asks\x1b[6n${numbers}asked<$'\\E[7;7'>`));
});

test('what a client shows when it disconnects is answered by the runner again', async (t) => {
  const { link, connect, output } = await openTerminalRunner(t);
  // Asks again, since the runner may notice only later that the client has gone. A busy machine must not take so long that an
  // answer is given up in its middle.
  const ask = `until printf '\\e[5G\\e[6n'; IFS= read -r -d R -t 5 answer; do :; done; printf '<%q>' "$answer"`;
  const spec = terminalSpec(`stty raw -echo; printf ready; read -r -d g; ${ask}`);
  await startJob(link, spec);
  const ended = untilEnded(link, spec.id);
  await untilPrinted(link, output, spec.id, 'ready');
  const viewer = await connect();
  await viewer.view(spec.id);
  viewer.close();
  await link.write({ id: spec.id, text: 'g', eof: false });
  await ended;
  assert.match(output(spec.id), /<\$'\\E\[1;5'>$/);
});

test('a sequence in the output of a program that does not ask leaves no trace', async (t) => {
  const { run } = await openTerminalRunner(t);
  const { text } = await run(`printf 'before\\e[6n\\e[c after'; read -t 0.5 -n 1 rest; echo "[$rest]"`);
  assert.equal(text, 'before\x1b[6n\x1b[c after[]\r\n');
});

// Promise: terminal-answers
test('queries in a file that was printed are not answered to a program that hides its input later', async (t) => {
  const { link, output } = await openTerminalRunner(t);
  const spec = terminalSpec(
    `for i in {1..50}; do printf '\\e[6n'; done; read -r -p ready; read -r -s -d R -t 1 rest; printf '<%q>' "$rest"`,
  );
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  await untilPrinted(link, output, spec.id, 'ready');
  await link.write({ id: spec.id, text: '\n', eof: false });
  await ended;
  assert.match(output(spec.id), /<''>$/);
});

test('a job whose last output is a query ends', async (t) => {
  const { run } = await openTerminalRunner(t);
  for (let round = 0; round < repeats(100, 10); round++) {
    const { job, text } = await run("printf 'last\\e[6n'");
    assert.deepEqual([text, job.status], ['last\x1b[6n', 'completed']);
  }
});

test('the place of the cursor is known after much output', async (t) => {
  const { run } = await openTerminalRunner(t);
  const { text } = await run(`seq 200000; ${ASK}`, { maxOutputSize: 4 << 20 });
  assert.match(text, /<\$'\\E\[30;6'>/);
});
