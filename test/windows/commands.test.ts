import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';
import { FILE, node, openCmdSession, runToEnd, skip, startUntil } from './session.ts';

const session = skip === false ? await openCmdSession(FILE) : undefined!;

for (const code of [0, 1, 3, 255, 259]) {
  // Promise: windows-shells
  test(`the exit code ${code} is kept`, { skip }, async () => {
    const { facts } = await runToEnd(session, `exit ${code}`);
    assert.equal(facts.exit_code, String(code));
    assert.equal(facts.status, code === 0 ? 'completed' : 'failed');
  });
}

// Promise: windows-shells
test('an exit code of the system is shown with its meaning', { skip }, async () => {
  const { facts } = await runToEnd(session, 'exit -1073741819');
  assert.equal(facts.exit_code, '3221225477');
  assert.equal(facts.exit_meaning, '0xC0000005, access violation');
});

for (const [command, printed] of [
  ['echo "a b"', '"a b"'],
  ['if "a b"=="a b" (echo same) else (echo other)', 'same'],
  ['echo a^&b', 'a&b'],
  ['echo one&& echo two', 'one\ntwo'],
  [`echo x| ${node('echo-input.mjs')}`, 'ready\ngot x'],
  [`${node('print-arguments.mjs')} "a b" c\\d "e\\"f"`, '["a b","c\\\\d","e\\"f"]'],
] as const) {
  // Promise: windows-shells
  test(`cmd runs ${command.slice(-60)}`, { skip }, async () => {
    const { log } = await runToEnd(session, command);
    assert.equal(log.trim().replaceAll(/ *\r?\n/g, '\n'), printed);
  });
}

// Promise: windows-shells
test('programs that follow the code page of the console print UTF-8', { skip }, async () => {
  const { log } = await runToEnd(session, 'echo äöü€& chcp');
  assert.match(log, /äöü€/);
  assert.match(log, /65001/);
});

// Promise: windows-streams
test('merged streams are in exact order, and separate ones can be read alone', { skip }, async () => {
  const command = 'echo out1& echo err1 1>&2& echo out2';
  assert.match((await runToEnd(session, command)).log, /^out1\s+err1\s+out2/);
  const { facts } = await runToEnd(session, command, { stderr: 'separate' });
  const { log } = await session.call('output', { job_id: facts.id, stream: 'stderr' });
  assert.match(log, /^err1\s*$/);
});

// Promise: windows-streams
test('input reaches the job, and its end ends it', { skip }, async () => {
  const { facts } = await startUntil(session, node('echo-input.mjs'), 'ready');
  await session.call('interact', { job_id: facts.id, input: 'hello ä' });
  const answered = { until: 'pattern', pattern: 'got hello ä', cursor: 0, timeout_s: 45 };
  assert.equal((await session.call('wait', { job_id: facts.id, ...answered })).facts.reason, 'pattern');
  await session.call('interact', { job_id: facts.id, key: 'ctrl-d' });
  const { facts: end, log: rest } = await session.call('wait', { job_id: facts.id, timeout_s: 45 });
  assert.equal(end.exit_code, '4', rest);
});

// Promise: windows-streams
test('a job with closed stdin reads the end of file at once', { skip }, async () => {
  const { facts, log } = await runToEnd(session, node('echo-input.mjs'), { stdin: 'closed' });
  assert.equal(facts.exit_code, '4', log);
});

// Promise: windows-environment
test('variables replace those of the same name in another case', { skip }, async () => {
  const { log } = await runToEnd(session, 'echo [%COMPUTERNAME%]& set comp', {
    env: { ComputerName: 'other' },
  });
  assert.match(log, /^\[other\]/);
  assert.equal(log.match(/computername=/gi)?.length, 1);
});

// Promise: windows-bad-input
test('a command that cmd would cut is refused with the limit', { skip }, async () => {
  const { isError, text } = await session.call('execute', { command: `echo ${'x'.repeat(9000)}` });
  assert.ok(isError);
  assert.match(text, /takes at most \d+ of it\. Put it into a script/);
});

// Promise: windows-bad-input
test('several lines are refused for cmd', { skip }, async () => {
  const { isError, text } = await session.call('execute', { command: 'echo a\necho b' });
  assert.ok(isError);
  assert.match(text, /cmd would run only the first one/);
});

// Promise: windows-bad-input, cwd-missing
test(
  'a folder that is a file, is missing, or has a name that is too long is reported',
  { skip },
  async (t) => {
    const folder = scratchFolder(t);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const long = join(folder, ...Array.from({ length: 30 }, () => 'long name of a folder'));
    mkdirSync(long, { recursive: true });
    const start = async (cwd: string) => session.call('execute', { command: 'cd', cwd, wait_s: 45 });
    assert.match((await start(file)).text, /is not a folder/);
    assert.match((await start(join(folder, 'none'))).text, /does not exist/);
    // A disk with 8.3 names can start it.
    const { text, log, isError } = await start(long);
    if (isError)
      assert.match(text, /has \d+ characters, and Windows starts no program in a folder .* more than 258/);
    else assert.match(log, /~|long name/i);
  },
);

// Promise: windows-bad-input, shell-missing
test('a shell that does not exist is reported', { skip }, async (t) => {
  const other = await openCmdSession(t, { args: ['--shell', 'C:\\none\\shell.exe'] });
  const { isError, text } = await other.call('execute', { command: 'echo a' });
  assert.ok(isError);
  assert.match(text, /There is no shell/);
});

test('every tool that reads works on a job', { skip }, async () => {
  const { facts } = await runToEnd(session, 'for /L %i in (1,1,300) do @echo line %i', { name: 'lines' });
  const search = await session.call('search', { job_id: facts.id, pattern: 'line 29[05]$' });
  assert.match(search.text, /line 290[\s\S]*line 295/);
  assert.match((await session.call('tail', { job_id: 'lines', lines: 2 })).log, /^line 299\s+line 300\s*$/);
  const status = await session.call('status', { job_id: 'lines' });
  assert.match(status.text, /shell="?C:.*cmd\.exe/i);
  assert.match((await session.call('list')).text, /name=lines status=completed/);
  const raw = await session.call('output', { job_id: 'lines', cursor: 0, max_bytes: 1000, format: 'raw' });
  assert.match(raw.blocks.join('\n'), /line 1\r?\n/);
});
