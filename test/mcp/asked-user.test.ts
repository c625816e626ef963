import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openManager } from '../support/manager.ts';
import { openOwnEndpoint } from '../support/own-endpoint.ts';
import { RawClient } from '../support/raw-client.ts';
import { eventually } from '../support/runner.ts';
import { atEnd } from '../support/scratch.ts';

const SOON = 50;

test('a wait for input continues while the user is being prompted, and says so', async (t) => {
  let answer: (line: string) => void = () => undefined;
  const box = new Promise<string>((resolve) => (answer = resolve));
  const manager = openManager(t, { ask: () => box });
  const endpoint = await openOwnEndpoint(manager, '1.2.3');
  atEnd(t, () => endpoint.close());
  const client = new RawClient(endpoint);
  await client.initialize();
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
