// Calls whose ids collide, that are cancelled, or whose answers are lost.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openTestEndpoint, type TestEndpoint } from '../support/endpoint.ts';
import { untilPrinted } from '../support/jobs.ts';
import type { RawClient } from '../support/raw-client.ts';

/** A job that prints a line for each line of input. */
async function startPrompt(client: RawClient, { manager }: TestEndpoint): Promise<void> {
  await client.call('execute', {
    command: 'echo ready; while read line; do echo "got $line"; done',
    name: 'prompt',
  });
  await untilPrinted(manager, 'prompt', 'ready');
}

const wait = { job_id: 'prompt', regex: 'got' };
const meta = { 'vscode.conversationId': 'c', 'vscode.requestId': 'r' };

// Promise: client-limits
test('refuses a call with the id of an unanswered one, and sends each answer to its own call', async (t) => {
  const test = await openTestEndpoint(t);
  const client = await test.open();
  await startPrompt(client, test);
  const call = client.toolCall('wait', wait);
  const first = client.send({ body: call });
  // Sent after the first call, and so received after it.
  const { status, messages } = await client.send({ body: { ...client.message('ping'), id: call.id } });
  assert.equal(status, 400);
  assert.match(messages[0]?.error?.message ?? '', /belongs to a call that is not answered yet. Use another/);
  const ping = client.message('ping');
  assert.equal((await client.send({ body: [ping, ping] })).status, 400);
  await test.manager.input.write('prompt', 'x\n', false);
  assert.match((await first).text, /reason=pattern/);
  // Now the id can be used again.
  assert.equal((await client.send({ body: { ...ping, id: call.id } })).status, 200);
});

test('a batch that is refused as a whole takes no id, and leaves its session idle', async (t) => {
  const test = await openTestEndpoint(t, { sessions: 1 });
  const client = await test.open();
  const [ping, other] = [client.message('ping'), client.message('ping')];
  assert.equal((await client.send({ body: ping, headers: { accept: 'text/plain' } })).status, 406);
  assert.equal((await client.send({ body: [ping, other, { jsonrpc: '1.0' }] })).status, 400);
  assert.equal((await client.send({ body: ping })).status, 200);
  // There is room for another session, since this one is not busy.
  await test.open();
});

// Promise: cancelled-call
test('the id of a call whose client disconnected stays taken until the call ends', async (t) => {
  const test = await openTestEndpoint(t);
  const client = await test.open();
  await startPrompt(client, test);
  const call = client.toolCall('wait', wait);
  const leaving = new AbortController();
  const first = client.send({ body: call, signal: leaving.signal });
  const ping = { ...client.message('ping'), id: call.id };
  assert.equal((await client.send({ body: ping })).status, 400);
  leaving.abort();
  await assert.rejects(first);
  assert.equal((await client.send({ body: ping })).status, 400);
});

// Promise: cancelled-call, client-limits
test('the stream of a cancelled call ends, and its session is idle', async (t) => {
  const test = await openTestEndpoint(t, { sessions: 1 });
  const client = await test.open();
  await startPrompt(client, test);
  const cancel = (requestId: unknown) => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId },
  });
  const call = client.toolCall('wait', wait);
  const answer = client.send({ body: call });
  await client.send({ body: cancel(call.id) });
  const { status, messages } = await answer;
  assert.deepEqual([status, messages], [200, []]);

  // In a batch, the answer to the other call still arrives, and ends the stream.
  const batch = [client.toolCall('wait', wait), client.toolCall('wait', wait)];
  const answers = client.send({ body: batch });
  await client.send({ body: cancel(batch[0]?.id) });
  await test.manager.input.write('prompt', 'x\n', false);
  assert.deepEqual(
    (await answers).messages.map(({ id }) => id),
    [batch[1]?.id],
  );
  // A batch that cancels its own call.
  const both = client.toolCall('wait', { job_id: 'prompt', until: 'exit' });
  assert.deepEqual((await client.send({ body: [both, cancel(both.id)] })).messages, []);
  await test.open();
});

// Promise: resent-call
test('a call that is repeated to a closed session, and then to a new one, runs once', async (t) => {
  const test = await openTestEndpoint(t);
  const args = { command: 'sleep 100', wait_s: 40 };
  const lost = await test.open();
  const first = lost.send({ body: lost.toolCall('execute', args, meta) });
  await once(test.manager.jobs, 'changed');
  assert.equal((await lost.send({ method: 'DELETE' })).status, 200);
  // The stream ends normally, but without the answer.
  assert.deepEqual((await first).messages, []);
  assert.equal((await lost.send({ body: lost.toolCall('execute', args, meta) })).status, 404);
  const again = await test.open();
  const answer = again.call('execute', args, meta);
  await test.manager.kill(test.manager.jobs.list()[0]!.id, 'person');
  assert.match(await answer, /status=killed/);
  assert.equal(test.manager.jobs.list().length, 1);
});
