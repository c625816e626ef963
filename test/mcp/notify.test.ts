// What agents hear of the jobs that they watch (execute notify).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { openTestEndpoint } from '../support/endpoint.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { socketFetch } from '../support/socket-fetch.ts';

interface Heard {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A client with a stream of notifications. */
async function open(t: TestContext, name = 'a-client') {
  const { endpoint, manager } = await openTestEndpoint(t);
  const fetch = socketFetch(endpoint.socket, endpoint.headers);
  const client = new Client({ name, version: '1' });
  const heard: Heard[] = [];
  client.fallbackNotificationHandler = async (notification) => void heard.push(notification);
  await client.connect(new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch }));
  atEnd(t, () => client.close());
  const call = async (tool: string, args: Record<string, unknown>): Promise<string> => {
    const result = await client.callTool({ name: tool, arguments: args });
    return (result.content as { text: string }[]).map(({ text }) => text).join('\n');
  };
  const gate = join(scratchFolder(t), 'gate');
  return {
    ...{ client, manager, call, untilGo: `until [ -e ${gate} ]; do sleep 0.02; done` },
    go: () => writeFileSync(gate, ''),
    heard: (method: string) => heard.filter((each) => each.method === method).map(({ params }) => params),
  };
}

test('the next reply tells which line matched, once, and nothing that a reply has shown', async (t) => {
  const { manager, call, untilGo, go } = await open(t);
  await call('execute', { name: 'other', command: 'exec sleep 100' });
  const command = `${untilGo}; echo 'error: "x" [y]'; exec sleep 100`;
  for (const name of ['unread', 'read']) await call('execute', { name, command, notify: ['match:^error'] });
  go();
  const ids = ['unread', 'read'].map((name) => manager.jobs.get(name).id);
  await eventually('both are noticed', () => ids.every((id) => manager.watches.unseenOf(id).length === 1));
  const reply = await call('tail', { job_id: 'read' });
  assert.match(reply, /\[Since your last call: "unread" printed "error: \\"x\\" \[y\]"\.\]$/);
  assert.deepEqual(manager.watches.unseen(), new Map());
  assert.doesNotMatch(await call('status', { job_id: 'other' }), /Since/);
});

test('another agent that only lists jobs has not read what happened', async (t) => {
  const test = await open(t);
  const { manager, call } = test;
  const { job } = await manager.start({
    ...{ command: 'exit 3', notify: ['exit'], startedBy: { kind: 'agent', session: 'another' } },
  });
  await eventually('its end is noticed', () => manager.watches.unseenOf(job.id).length === 1);
  await call('list', {});
  assert.equal(manager.watches.unseenOf(job.id).length, 1);
  await call('tail', { job_id: job.id });
  assert.equal(manager.watches.unseenOf(job.id).length, 0);
});

test('a client with a log level, and one that subscribed to a job, are notified', async (t) => {
  const { client, manager, call, heard, untilGo, go } = await open(t);
  await client.setLoggingLevel('notice');
  const command = `${untilGo}; echo up; echo failure; exec sleep 100`;
  const args = { name: 'web', command, regex: '^up$', wait_s: 0, notify: ['ready', 'match:fail'] };
  await call('execute', args);
  const uri = `job://${manager.jobs.get('web').id}`;
  await client.subscribeResource({ uri });
  go();
  const messages = (): unknown[] => heard('notifications/message').map((params) => params?.data);
  await eventually('both events arrive', () => messages().length === 2);
  assert.deepEqual(messages().sort(), ['web is ready', 'web printed "failure"']);
  await eventually('the resource is announced', () => heard('notifications/resources/updated').length > 0);
  const { contents } = await client.readResource({ uri });
  const record = JSON.parse((contents[0] as { text: string }).text) as { notify: unknown; events: string[] };
  assert.deepEqual(record.notify, ['ready', 'match:fail']);
  assert.deepEqual(record.events.sort(), ['is ready', 'printed "failure"']);
});

test('a session of Claude Code is woken by the events that it asked for', async (t) => {
  const { manager, call, heard, untilGo, go } = await open(t, 'claude-code');
  const command = `${untilGo}; echo 'ERROR 1'; exec sleep 100`;
  await call('execute', { name: 'web', command, notify: ['match:ERROR', 'exit'] });
  go();
  await eventually('it has heard of it', () => heard('notifications/claude/channel').length === 1);
  assert.deepEqual(heard('notifications/claude/channel'), [
    {
      content: 'The background job web printed "ERROR 1". Its output: tail.',
      meta: { job_id: manager.jobs.get('web').id, status: 'running' },
    },
  ]);
});

test('events that cannot happen are refused, with what to do', async (t) => {
  const { call, manager } = await open(t);
  const refused = (args: object): Promise<string> => call('execute', { command: 'cat', ...args });
  assert.match(await refused({ notify: ['done'] }), /^Error: There is no event "done"\. Use "ready", "exit"/);
  assert.match(
    await refused({ notify: [`match:${'x'.repeat(1001)}`] }),
    /^Error: .* at most 1000 characters/,
  );
  assert.match(await refused({ notify: ['match:('] }), /^Error: The pattern is not a valid regular/);
  assert.match(await refused({ notify: ['match:'] }), /^Error: The event "match:" needs a regular/);
  assert.match(await refused({ notify: ['ready'] }), /^Error: notify "ready" needs a condition/);
  assert.match(await refused({ notify: ['input'], stdin: 'closed' }), /^Error: A job with its stdin closed/);
  assert.match(await refused({ notify: Array(9).fill('exit') }), /^Error: "notify" can have at most 8/);
  assert.deepEqual(manager.jobs.list(), []);
});

test('a call for a job that runs already changes what is watched, and not what a person chose', async (t) => {
  const { call, manager } = await open(t);
  const args = { name: 'web', command: 'exec sleep 100' };
  await call('execute', args);
  const ask = async (notify: string[]): Promise<readonly string[]> => {
    assert.match(await call('execute', { ...args, notify }), /existing=true/);
    return manager.watches.eventsOf(manager.jobs.get('web'));
  };
  assert.deepEqual(await ask(['match:done']), ['match:done']);
  manager.watches.watch('web', ['ready']);
  assert.deepEqual(await ask(['exit']), ['exit', 'ready']);
  const { job } = await manager.restart('web', { kind: 'person' });
  assert.deepEqual(manager.watches.eventsOf(job), ['exit', 'ready']);
  manager.watches.watch('web', []);
  assert.deepEqual(await ask(['exit']), ['exit']);
});
