import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openManager } from '../support/manager.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { RawClient } from '../support/raw-client.ts';
import { eventually } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';

const SOON = 50;

/** A client of a window in which the user answers when the test says so. */
async function openClient(t: TestContext) {
  let answer: (line: string) => void = () => undefined;
  const box = new Promise<string>((resolve) => (answer = resolve));
  const manager = openManager(t, { ask: () => box });
  const endpoint = await openOwnEndpoint(manager, '1.2.3');
  atEnd(t, () => endpoint.close());
  const client = new RawClient(endpoint);
  await client.initialize();
  return { client, answer: (line: string) => answer(line) };
}

test('a wait for input continues while the user is being prompted, and says so', async (t) => {
  const { client, answer } = await openClient(t);
  const command = 'stty -echo; printf "Password: "; read x; printf "Once more: "; read y; exec sleep 100';
  const asked = await client.call('execute', {
    command,
    tty: true,
    name: 'ask',
    until: 'input',
    wait_s: SOON,
  });
  assert.match(asked, /input=hidden[^]*Call interact with ask_user/);
  await client.call('interact', { job_id: 'ask', ask_user: 'The password?' });
  const wait = (wait_s: number) => client.call('wait', { job_id: 'ask', until: 'input', wait_s });
  // A reply waits only so long for what the runner finds.
  await eventually('a timeout says what the job waits for', async () => {
    const late = await wait(0.2);
    assert.match(late, /reason=timeout/);
    return late.includes('the user is being prompted for it. ');
  });
  const waiting = wait(SOON);
  answer('correct horse');
  const next = await waiting;
  assert.match(next, /reason=input .*asked=answered[^]*Once more: [^]*Call interact with ask_user/);
});

test('a wait for anything says that the user is being prompted, and does not ask the agent to answer', async (t) => {
  const { client } = await openClient(t);
  for (const [name, tty] of [
    ['pipe', false],
    ['terminal', true],
  ] as const) {
    const args = {
      command: 'printf "Name: "; read x; exec sleep 100',
      tty,
      name,
      until: 'input',
      wait_s: SOON,
    };
    assert.match(await client.call('execute', args), /reason=input/);
    await client.call('interact', { job_id: name, ask_user: 'Your name?' });
    const late = await client.call('wait', { job_id: name, until: 'exit', wait_s: 0.1 });
    assert.match(late, /asked=open[^]*The job waits for input, and the user is being prompted for it\. /);
    assert.doesNotMatch(late, /with interact/);
  }
});

test('a timeout does not ask the agent to type a secret through a pipe', async (t) => {
  const { client } = await openClient(t);
  const args = {
    command: 'printf "Password: "; read x; exec sleep 100',
    name: 'pipe',
    until: 'input',
    wait_s: SOON,
  };
  assert.match(await client.call('execute', args), /Call interact with ask_user/);
  // A reply waits only so long for what the runner finds.
  await eventually('a timeout says what to do', async () => {
    const late = await client.call('wait', { job_id: 'pipe', until: 'exit', wait_s: 0.1 });
    assert.doesNotMatch(late, /Answer it with interact/);
    return late.includes('Call interact with ask_user');
  });
});
