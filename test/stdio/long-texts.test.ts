import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepare, shareSession, startReady } from './support/session.ts';

/** Bytes of an error that repeats a text of the caller. */
const MAX_ERROR_BYTES = 1500;
const LONG = 'x'.repeat(20_000);

const session = await shareSession();
const tools = await prepare(session, async () => {
  await startReady(session, 'echo ready; cat', { name: 'job' });
  await startReady(session, 'echo ready; cat', { name: 'terminal', tty: true });
  return (await session.client.listTools()).tools;
});

/** Valid values of the required parameters. */
const REQUIRED: Readonly<Record<string, unknown>> = {
  job_id: 'job',
  job_ids: ['job'],
  command: 'true',
  regex: 'x',
};

function assertShort(text: string, of: string): void {
  assert.ok(Buffer.byteLength(text) <= MAX_ERROR_BYTES, `${of}: ${text.length} ${text.slice(0, 200)}`);
  assert.doesNotMatch(text, /Internal error/, of);
}

for (const { name, inputSchema } of tools) {
  test(`${name} cuts long texts of the caller in its errors`, async () => {
    const { required = [], properties = {} } = inputSchema;
    const valid = Object.fromEntries(required.map((key) => [key, REQUIRED[key]]));
    for (const parameter of [...Object.keys(properties), 'size', 'quiet_ms', LONG]) {
      for (const value of [
        LONG,
        [LONG],
        { [LONG]: LONG },
        { [LONG]: [] },
        `{${LONG}`,
        `match:(${LONG}`,
        `/${LONG}`,
      ]) {
        const rest = parameter === 'task' ? {} : valid;
        const { isError, text } = await session.call(name, { ...rest, [parameter]: value });
        if (isError) assertShort(text, `${parameter}: ${JSON.stringify(value).slice(0, 20)}`);
      }
    }
  });
}

test('cuts long texts that fail after the arguments were read', async () => {
  const matcher = (definition: object): Record<string, unknown> => ({
    problems: [JSON.stringify(definition)],
  });
  const calls: readonly (readonly [string, Record<string, unknown>])[] = [
    ['execute', { cwd: `/${'folder/'.repeat(3000)}` }],
    ['execute', { name: 'job', command: `cat # ${LONG}` }],
    ['execute', { tty: true, size: LONG }],
    ['execute', { env: { [`${LONG}\0`]: 'x' } }],
    ['execute', { env: { [LONG]: '\0' } }],
    ['execute', matcher({ base: LONG })],
    ['execute', matcher({ pattern: LONG })],
    ['execute', matcher({ pattern: { regexp: `(${LONG}` } })],
    ['execute', matcher({ pattern: { regexp: 'x' }, fileLocation: LONG })],
    ['interact', { job_id: 'job', keys: [LONG] }],
    ['interact', { job_id: 'terminal', keys: [LONG] }],
    ['wait', { job_ids: ['job'], cursors: { [LONG]: 1 } }],
    ['search', { job_id: 'job', regex: `(${'x'.repeat(900)}` }],
  ];
  for (const [tool, args] of calls) {
    const { isError, text } = await session.call(tool, {
      ...(tool === 'execute' && { command: 'true' }),
      ...args,
    });
    const of = `${tool} ${JSON.stringify(args).slice(0, 60)}`;
    assert.equal(isError, true, of);
    assertShort(text, of);
  }
});

test('shows the beginning and the end of a long folder', async () => {
  const { text } = await session.call('execute', { command: 'true', cwd: `/begin/${LONG}/end` });
  assert.match(text, /^Error: The folder "\/begin\/x+…x+\/end" cannot be accessed \(ENAMETOOLONG\)\./);
});

test('cuts long names of tools and resources', async () => {
  const { client } = session;
  for (const request of [
    () => client.callTool({ name: LONG }),
    () => client.readResource({ uri: `job://${LONG}` }),
    () => client.readResource({ uri: LONG }),
    () => client.subscribeResource({ uri: LONG }),
  ]) {
    await assert.rejects(request, (error: Error) => {
      assertShort(JSON.stringify([error.message, (error as { data?: unknown }).data]), error.message);
      return true;
    });
  }
});
