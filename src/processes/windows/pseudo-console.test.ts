import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { type InheritedPipe, openInheritedPipe } from './inherited-pipe.ts';
import { JobObject } from './job-object.ts';
import { closeHandle } from './native-module.ts';
import { createProcess } from './process-creation.ts';
import { PseudoConsole } from './pseudo-console.ts';

const skip = process.platform === 'win32' ? false : 'needs Windows';
const SIZE = { columns: 80, rows: 25 };
const CMD = process.env.ComSpec ?? 'C:\\Windows\\System32\\cmd.exe';

/** Opens the pipes of a console. */
async function openEnds(): Promise<{ readonly input: InheritedPipe; readonly output: InheritedPipe }> {
  return { input: await openInheritedPipe(), output: await openInheritedPipe() };
}

/** Reads the output. @returns a function that resolves when it contains a text */
function readFrom(output: Socket): (expected: string) => Promise<void> {
  let text = '';
  output.on('data', (bytes: Buffer) => (text += bytes.toString())).resume();
  return async (expected) => {
    while (!text.includes(expected)) await once(output, 'data');
  };
}

// Promise: windows-terminal
test('a program in a pseudoconsole reads what is typed, and what it prints is drawn', { skip }, async () => {
  const { input, output } = await openEnds();
  const console = new PseudoConsole(SIZE, input.theirs, output.theirs);
  const job = new JobObject();
  const { pid, exited } = createProcess({
    program: CMD,
    // Wine leaves a program in a pseudoconsole without streams, so this one opens the console itself.
    commandLine: 'cmd.exe /d /s /c "echo ready>con& set /p line=<con& call echo got %line%>con& exit 7"',
    cwd: 'C:\\',
    env: process.env,
    streams: { console: console.handle },
    job: job.handle,
    flags: 0,
  });
  for (const { theirs } of [input, output]) closeHandle(theirs);
  assert.deepEqual(job.pids(), [pid]);
  const untilPrinted = readFrom(output.ours);
  await untilPrinted('ready');
  input.ours.write('typed\r');
  await untilPrinted('got typed');
  assert.equal(await exited, 7);
  await console.close();
  // The pipe ends with the console. Under Wine, the first program that needs a desktop keeps a copy of it.
  for (const { ours } of [input, output]) ours.destroy();
  job.close();
});

// Promise: windows-terminal
test('a pseudoconsole is closed once, also if nothing has used it', { skip }, async () => {
  const { input, output } = await openEnds();
  const console = new PseudoConsole(SIZE, input.theirs, output.theirs);
  for (const { theirs } of [input, output]) closeHandle(theirs);
  output.ours.resume();
  const closing = console.close();
  // A second one, and a size that comes too late, do nothing.
  assert.equal(console.close(), closing);
  console.resize(SIZE);
  await closing;
  for (const { ours } of [input, output]) ours.destroy();
});

// Promise: windows-terminal
test('a pseudoconsole that cannot be made is an error with its number', { skip }, () => {
  assert.throws(
    () => new PseudoConsole({ columns: 0, rows: 0 }, 0, 0),
    /CreatePseudoConsole failed with error 0x80/,
  );
});
