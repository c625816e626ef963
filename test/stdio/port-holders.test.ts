// Ports that several processes have, at a time or one after the other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { eventually, listen } from './support/processes.ts';
import { freePort, obedientServer } from './support/servers.ts';
import { shareSession, SOON, start, statusOf } from './support/session.ts';

const session = await shareSession();
const ON_LINUX = { skip: process.platform === 'linux' ? false : 'only Linux lists the sockets of a port' };

async function tell(job: string, line: string, answer: string): Promise<void> {
  const { facts } = await session.call('interact', { job_id: job, input: line });
  const cursor = Number(facts.cursor);
  const { text } = await session.call('wait', { job_id: job, regex: answer, cursor, wait_s: SOON });
  assert.match(text, /reason=pattern/);
}

const wait = (job: string, args: object) => session.call('wait', { job_id: job, wait_s: SOON, ...args });

/** Another process that has a port. */
async function hold(t: TestContext, port = 0, host?: string) {
  const { server, port: held } = await listen(port, host);
  t.after(() => server.close());
  return { port: held, server, leave: () => close(server) };
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Waits until the runner has noticed it. There is no event for clients. */
async function untilStatus(job: string, name: string, value: string | undefined): Promise<void> {
  await eventually(`${name} is ${value}`, async () => (await statusOf(session, job))[name] === value);
}

// Promise: ready-port-closed
test('a job that closes its port beside another holder is not ready', ON_LINUX, async (t) => {
  const { port } = await hold(t);
  const id = await start(session, obedientServer(port, port, '127.0.0.2'), { port, wait_s: 0.1 });
  await tell(id, 'open', 'opened');
  assert.equal((await wait(id, { until: 'ready' })).facts.reason, 'ready');
  await tell(id, 'close', 'closed');
  await untilStatus(id, 'ready', 'false');
  const { facts } = await wait(id, { until: 'ready', wait_s: 0.1 });
  assert.deepEqual([facts.reason, facts.ready, facts.port_taken_by], ['timeout', 'false', 'process']);
});

/** Listens, and passes the socket on from process to process, each of which exits. Node.js cannot fork. */
function passOn(port: number, processes: number): string {
  return `perl -MIO::Socket::INET -e '
    $| = 1;
    $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => ${port}) or die $@;
    for (1..${processes}) { select(undef, undef, undef, 0.005); exit if fork }
    print "passed on\\n";
    sleep 100'; sleep 100`;
}

test('a port that the processes of a job pass on is not that of another process', ON_LINUX, async () => {
  const port = await freePort();
  const id = await start(session, passOn(port, 60), { port, wait_s: 0.1 });
  assert.equal((await wait(id, { until: 'ready' })).facts.reason, 'ready');
  assert.equal((await wait(id, { regex: '^passed on' })).facts.reason, 'pattern');
  await untilStatus(id, 'port_of_job', undefined);
  assert.equal((await wait(id, { until: 'ready' })).facts.port_of_job, undefined);
});

test('status says so when another process takes over the port of a job', ON_LINUX, async (t) => {
  const port = await freePort();
  const id = await start(session, obedientServer(port), { port, wait_s: 0.1 });
  await tell(id, 'open', 'opened');
  assert.equal((await wait(id, { until: 'ready' })).facts.port_of_job, undefined);
  await tell(id, 'close', 'closed');
  await hold(t, port);
  await untilStatus(id, 'port_of_job', 'false');
  assert.equal((await wait(id, { until: 'ready' })).facts.port_of_job, 'false');
});

test('a job that takes over the port from another process has it', ON_LINUX, async (t) => {
  const port = await freePort();
  const id = await start(session, obedientServer(port), { port, wait_s: 0.1 });
  const { leave } = await hold(t, port);
  assert.equal((await wait(id, { until: 'ready' })).facts.port_of_job, 'false');
  await leave();
  await tell(id, 'open', 'opened');
  await untilStatus(id, 'port_of_job', undefined);
  const { facts } = await wait(id, { until: 'ready' });
  assert.deepEqual([facts.reason, facts.port_of_job], ['ready', undefined]);
});

test('a wait until a job is ready, and a restart, say who has its port', async (t) => {
  const port = await freePort();
  const holder = await start(session, obedientServer(port), { name: 'port-holder', port, wait_s: 0.1 });
  await tell(holder, 'open', 'opened');
  const id = await start(session, 'exec sleep 100', { port, wait_s: 0 });
  const restarted = await session.call('restart', { job_id: id, wait_s: 0.1 });
  const waited = await wait(restarted.facts.id!, { until: 'ready', wait_s: 0.1 });
  for (const { facts, blocks } of [restarted, waited]) {
    assert.deepEqual([facts.reason, facts.port_taken_by], ['timeout', holder]);
    assert.match(
      blocks[1] ?? '',
      new RegExp(`^Port ${port} is in use by job ${holder} .port-holder., which is older`),
    );
  }
  await tell(holder, 'close', 'closed');
  await eventually('nobody has the port', async () => {
    const { facts } = await wait(restarted.facts.id!, { until: 'ready', wait_s: 0 });
    return facts.port_taken_by === undefined;
  });
  await hold(t, port);
  assert.equal((await wait(restarted.facts.id!, { until: 'ready' })).facts.port_of_job, 'false');
});

test(
  'a port that goes from one process to another without a pause is not that of the first one',
  ON_LINUX,
  async (t) => {
    const { port, server } = await hold(t);
    const id = await start(session, 'exec sleep 100', { port, wait_s: 0.1 });
    const waiting = wait(id, { port });
    // Before any look at the port.
    const closed = close(server);
    await hold(t, port);
    await closed;
    const { facts } = await waiting;
    assert.deepEqual([facts.reason, facts.port_of_job, facts.port_taken_by], ['port', 'false', undefined]);
  },
);

test(
  'a younger process that shares the socket of an older one does not open the port',
  ON_LINUX,
  async (t) => {
    const { port, server } = await hold(t);
    const id = await start(session, 'exec sleep 100');
    const { _handle: handle } = server as unknown as { _handle: { fd: number } };
    const worker = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore', handle.fd],
    });
    t.after(() => worker.kill());
    const { facts } = await wait(id, { port, wait_s: 0.5 });
    assert.deepEqual([facts.reason, facts.port_taken_by], ['timeout', 'process']);
  },
);

test('a job that has its port beside another process is not told who has it', ON_LINUX, async (t) => {
  const { port } = await hold(t);
  const id = await start(session, obedientServer(port, port, '127.0.0.2'), { port, wait_s: 0.1 });
  await tell(id, 'open', 'opened');
  for (const condition of [{ port }, { until: 'ready' }]) {
    const { facts } = await wait(id, condition);
    assert.deepEqual([facts.port_taken_by, facts.port_of_job === 'false'], [undefined, false]);
  }
});

test('who has a port since before is not named as the one who opened it', ON_LINUX, async (t) => {
  const port = await freePort();
  const holder = await start(session, obedientServer(port), { name: 'earlier-holder', port, wait_s: 0.1 });
  await tell(holder, 'open', 'opened');
  const id = await start(session, 'exec sleep 100', { port, wait_s: 0.1 });
  await hold(t, port, '127.0.0.2');
  for (const condition of [{ port }, { until: 'ready' }]) {
    const { facts } = await wait(id, condition);
    assert.deepEqual(
      [facts.port_of_job, facts.port_opened_by, facts.port_taken_by],
      ['false', undefined, undefined],
    );
  }
});

test('a job that had ended is not told who has its port now', async (t) => {
  const { port, leave } = await hold(t);
  const id = await start(session, 'exit 3', { port, wait_s: SOON });
  await leave();
  await hold(t, port);
  const { facts } = await wait(id, { port });
  assert.deepEqual([facts.reason, facts.port_taken_by], ['exit', undefined]);
});

test('a wait names a holder on an address that loopback does not reach', ON_LINUX, async (t) => {
  const { port } = await hold(t, 0, '127.0.0.2');
  const id = await start(session, 'exec sleep 100', { port, wait_s: 0.1 });
  assert.equal((await wait(id, { port, wait_s: 0.1 })).facts.port_taken_by, 'process');
  await hold(t, port, '127.0.0.3');
  assert.equal((await wait(id, { port })).facts.port_of_job, 'false');
});

for (const [name, host, isNamed] of [
  ['any port', '127.0.0.1', false],
  ['a port on another address', process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1', true],
] as const) {
  test(`a job that leaves a listening daemon and exits at once has ${name}`, async () => {
    for (let count = 0; count < 5; count++) {
      const port = await freePort();
      const code = `require("net").createServer().listen(${port}, "${host}", () => console.log("up"))`;
      const { facts, text } = await session.call('execute', {
        command: `file=$(mktemp); setsid ${JSON.stringify(process.execPath)} -e '${code}' > $file & until grep -q up $file; do sleep 0.01; done; rm $file`,
        ...{ until: 'port', wait_s: SOON, ...(isNamed && { port }) },
      });
      assert.equal(facts.reason, 'port', text);
      await session.call('kill', { job_id: facts.id });
    }
  });
}
