import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ReadResourceResult,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { type McpSession, openSession } from '../support/mcp-session.ts';
import { run, shareSession, start, startReady } from './support/session.ts';

const session = await shareSession();

async function read(uri: string): Promise<{ text: string; mimeType: string | undefined }> {
  const { contents } = await session.client.readResource({ uri });
  assert.equal(contents.length, 1);
  const [{ text, mimeType }] = contents as [
    Extract<ReadResourceResult['contents'][number], { text: string }>,
  ];
  return { text, mimeType };
}

/** Counts notifications, and resolves waits for the next one. */
class Notices {
  readonly times: number[] = [];
  #wake: (() => void)[] = [];

  readonly push = (): void => {
    this.times.push(performance.now());
    for (const wake of this.#wake.splice(0)) wake();
  };

  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (;;) {
      const seen = this.times.length;
      if (await condition()) return;
      if (this.times.length === seen) await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

function listen(to: McpSession): { readonly updates: (uri: string) => Notices; readonly lists: Notices } {
  const byUri = new Map<string, Notices>();
  const lists = new Notices();
  const updates = (uri: string): Notices => {
    const notices = byUri.get(uri) ?? new Notices();
    byUri.set(uri, notices);
    return notices;
  };
  to.client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) =>
    updates(params.uri).push(),
  );
  to.client.setNotificationHandler(ResourceListChangedNotificationSchema, () => lists.push());
  return { updates, lists };
}

test('each job is two resources: its record and its log', async () => {
  const { facts } = await run(session, 'printf "\\033[32mgreen\\033[0m\\n"; exit 3', {
    name: 'painter',
    env: { TOKEN: 'secret-value' },
  });
  const { resources } = await session.client.listResources();
  const mine = resources.filter(({ uri }) => uri.includes(facts.id!));
  assert.deepEqual(
    mine.map(({ uri, name, mimeType }) => ({ uri, name, mimeType })),
    [
      { uri: `job://${facts.id}/log`, name: 'painter (log)', mimeType: 'text/plain' },
      { uri: `job://${facts.id}`, name: 'painter', mimeType: 'application/json' },
    ],
  );
  assert.match(mine[0]!.description!, /^failed: printf/);
  assert.deepEqual(await read(`job://${facts.id}/log`), { text: 'green\n', mimeType: 'text/plain' });
  const { text, mimeType } = await read(`job://${facts.id}`);
  assert.equal(mimeType, 'application/json');
  assert.doesNotMatch(text, /secret-value/);
  const record = JSON.parse(text) as Record<string, unknown>;
  assert.equal(record.status, 'failed');
  assert.equal(record.exit_code, 3);
  assert.deepEqual(record.env, ['TOKEN']);
  assert.match(record.ended as string, /^\d{4}-\d\d-\d\dT/);
});

test('a record has the state in the queue, the terminal, and the problems', async () => {
  const gate = await start(session, 'read -r go', { name: 'record-gate' });
  const id = await start(session, 'true', { after: ['record-gate'], tty: true, size: '90x20' });
  const record = async (job: string) =>
    JSON.parse((await read(`job://${job}`)).text) as Record<string, unknown>;
  const queued = await record(id);
  assert.deepEqual(
    [queued.status, queued.waits_for, queued.tty, queued.problems],
    ['queued', 'record-gate', '90x20', undefined],
  );
  await session.call('kill', { job_id: gate });
  const lines = Array.from({ length: 30 }, (_, at) => `a.ts(${at + 1},2): error TS1: bad`).join('\\n');
  const { facts } = await run(session, `printf '${lines}\\nb.ts(1,1): warning TS2: odd\\n'`, {
    ...{ problems: ['$tsc'], cwd: '/tmp' },
  });
  const found = await record(facts.id!);
  assert.deepEqual(
    [found.matchers, found.problems, found.errors, found.warnings, found.busy],
    ['$tsc', 31, 30, 1, undefined],
  );
  const first = found.first_problems as unknown[];
  assert.equal(first.length, 20);
  assert.deepEqual(first[1], {
    file: '/tmp/a.ts',
    line: 2,
    column: 2,
    severity: 'error',
    code: '1',
    message: 'bad',
  });
});

test('notifies a subscriber of a record when the problems of its job change', async (t) => {
  const other = await openSession(t);
  const { updates } = listen(other);
  const { id } = await startReady(other, 'echo ready; while read -r line; do echo "$line"; done', {
    problems: ['$gcc'],
  });
  const uri = `job://${id}`;
  await other.client.subscribeResource({ uri });
  const errors = async (): Promise<unknown> => {
    const [content] = (await other.client.readResource({ uri })).contents as { text: string }[];
    return (JSON.parse(content!.text) as { errors: unknown }).errors;
  };
  assert.equal(await errors(), 0);
  await other.call('interact', { job_id: id, input: 'a.c:1:1: error: bad' });
  const notices = updates(uri);
  await notices.until(async () => notices.times.length > 0 && (await errors()) === 1);
});

test('the list of all jobs is a resource, first of all, and changes with them', async (t) => {
  const other = await openSession(t);
  const { updates } = listen(other);
  const uri = 'jobs://all';
  const list = async (): Promise<string> =>
    ((await other.client.readResource({ uri })).contents[0] as { text: string }).text;
  assert.equal(await list(), 'running=0 finished=0');
  const { resources } = await other.client.listResources();
  assert.deepEqual(
    resources.map(({ uri, title, mimeType }) => ({ uri, title, mimeType })),
    [{ uri, title: 'Jobs', mimeType: 'text/plain' }],
  );
  await other.client.subscribeResource({ uri });
  const id = await start(other, 'exec sleep 100', { name: 'all' });
  await updates(uri).until(async () => (await list()).includes(`id=${id} name=all status=running`));
  await other.call('kill', { job_id: id });
  await updates(uri).until(async () => (await list()).includes('status=killed'));
});

test('templates accept a name or the beginning of an id, and ids can be completed', async () => {
  const { facts } = await run(session, 'echo here', { name: 'template-job' });
  const { resourceTemplates } = await session.client.listResourceTemplates();
  assert.deepEqual(resourceTemplates.map(({ uriTemplate }) => uriTemplate).sort(), [
    'job://{id}',
    'job://{id}/log',
  ]);
  assert.equal((await read('job://template-job/log')).text, 'here\n');
  assert.equal((await read(`job://${facts.id!.slice(0, 8)}/log`)).text, 'here\n');
  const complete = async (value: string): Promise<string[]> => {
    const ref = { type: 'ref/resource', uri: 'job://{id}/log' } as const;
    return (await session.client.complete({ ref, argument: { name: 'id', value } })).completion.values;
  };
  assert.deepEqual(await complete('templ'), ['template-job']);
  assert.deepEqual(await complete(facts.id!.slice(0, 8)), [facts.id]);
});

test('an error about an unknown resource says what to do', async () => {
  for (const uri of ['job://no-such-job/log', 'file:///etc/passwd', 'job://', 'job://a/b']) {
    await assert.rejects(session.client.readResource({ uri }), (error: Error & { code?: number }) => {
      assert.equal(error.code, -32002);
      assert.match(error.message, /There is no (job|resource)/);
      return true;
    });
    await assert.rejects(session.client.subscribeResource({ uri }), /There is no/);
  }
});

test('a long log is cut to its end, with the number of bytes not shown', async () => {
  const { facts } = await run(session, 'seq 1 100000; echo end');
  const { text } = await read(`job://${facts.id}/log`);
  assert.ok(Buffer.byteLength(text) < 257 * 1024);
  const [, hidden] = /^\[(\d+) earlier bytes are not shown/.exec(text) ?? [];
  const first = /\n(\d+)\n/.exec(text)![1]!;
  const all = Array.from({ length: 100_000 }, (_, at) => `${at + 1}\n`).join('');
  assert.equal(all.slice(Number(hidden)).startsWith(`${first}\n`), true);
  assert.match(text, /\n100000\nend\n$/);
});

test('a long list comes in pages, with each job once', async (t) => {
  const other = await openSession(t, { args: ['--history-limit', '500'] });
  const ids = new Set<string>();
  for (let count = 0; count < 130; count++) ids.add((await run(other, 'true')).facts.id!);
  const seen: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await other.client.listResources(cursor === undefined ? {} : { cursor });
    seen.push(...page.resources.map(({ uri }) => uri));
    cursor = page.nextCursor;
    pages++;
  } while (cursor !== undefined);
  assert.equal(pages, 2);
  assert.equal(seen.shift(), 'jobs://all');
  assert.equal(seen.length, 260);
  assert.deepEqual(new Set(seen), new Set([...ids].flatMap((id) => [`job://${id}`, `job://${id}/log`])));
  await assert.rejects(other.client.listResources({ cursor: 'gone' }), /List again from the beginning/);
});

test('notifies a subscriber of a growing log at most twice a second, and not after it unsubscribes', async (t) => {
  const other = await openSession(t);
  const { updates } = listen(other);
  const { id } = await startReady(other, 'echo ready; while read line; do echo "got $line"; done');
  const uri = `job://${id}/log`;
  await other.client.subscribeResource({ uri });
  await other.client.subscribeResource({ uri });
  const since = performance.now();
  const notices = updates(uri);
  const log = async (): Promise<string> =>
    ((await other.client.readResource({ uri })).contents[0] as { text: string }).text;
  for (let count = 0; count < 10; count++) await other.call('interact', { job_id: id, input: String(count) });
  await notices.until(async () => (await log()).includes('got 9'));
  // Delayed notifications only make the time longer.
  const elapsed = performance.now() - since;
  assert.ok(notices.times.length <= elapsed / 500 + 2, `${notices.times.length} notices in ${elapsed} ms`);
  await other.client.unsubscribeResource({ uri });
  const before = notices.times.length;
  await other.call('kill', { job_id: id });
  const second = await startReady(other, 'echo ready; echo more');
  await other.client.subscribeResource({ uri: `job://${second.id}/log` });
  assert.equal(notices.times.length, before);
});

test('notifies a subscriber of a record when the job ends', async (t) => {
  const other = await openSession(t);
  const { updates } = listen(other);
  const { id } = await startReady(other, 'echo ready; exec sleep 100');
  const uri = `job://${id}`;
  await other.client.subscribeResource({ uri });
  await other.call('kill', { job_id: id });
  await updates(uri).until(async () => {
    const { contents } = await other.client.readResource({ uri });
    return (contents[0] as { text: string }).text.includes('"status": "killed"');
  });
});

test('a subscription to a job that does not exist is refused, and ending one that is not there is no error', async (t) => {
  const other = await openSession(t);
  const uri = 'job://00000000/log';
  await assert.rejects(other.client.subscribeResource({ uri }), /no job/i);
  await other.client.unsubscribeResource({ uri });
  assert.equal((await other.call('list')).isError, false);
});

test('notifies a client when the list of resources changes', async (t) => {
  const other = await openSession(t);
  const { lists } = listen(other);
  await start(other, 'exec sleep 100', { name: 'listed' });
  await lists.until(async () => {
    const { resources } = await other.client.listResources();
    return lists.times.length > 0 && resources.some(({ name }) => name === 'listed');
  });
});
