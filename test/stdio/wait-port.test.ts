import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { parseFacts } from '../support/mcp-session.ts';
import { listen } from './support/processes.ts';
import { freePort } from './support/servers.ts';
import { run, shareSession, SOON, start, startReady, statusOf } from './support/session.ts';

const session = await shareSession();

/** Listens on the port that is sent to it, on loopback only. */
const LISTENER = `${JSON.stringify(process.execPath)} -e '
  process.stdin.once("data", (line) => {
    require("net").createServer().listen(Number(line), "127.0.0.1", () => console.log("listening"));
  });
  console.log("ready");'`;

test('until=port returns when the job accepts connections', async () => {
  const port = await freePort();
  const { id } = await startReady(session, LISTENER);
  const waiting = session.call('wait', { job_id: id, until: 'port', port, wait_s: SOON });
  await session.call('interact', { job_id: id, input: String(port) });
  const { facts } = await waiting;
  assert.equal(facts.reason, 'port');
  assert.equal(facts.port_of_job, 'true');
  assert.equal(facts.status, 'running');
  assert.equal((await statusOf(session, id)).ports, String(port));
});

test('without a port, until=port returns when the job itself listens, and names the ports', async () => {
  const port = await freePort();
  const { id } = await startReady(session, LISTENER);
  const waiting = session.call('wait', { job_ids: [id], until: 'port', wait_s: SOON });
  await session.call('interact', { job_id: id, input: String(port) });
  const { facts } = await waiting;
  assert.equal(facts.reason, 'port');
  assert.equal(facts.ports, String(port));
  const timedOut = await session.call('execute', { command: 'exec sleep 100', until: 'port', wait_s: 0.05 });
  assert.equal(timedOut.facts.reason, 'timeout');
  assert.match(timedOut.blocks[1] ?? '', /"until":"port","cursors"/);
});

test('a port that a child of the job holds is the port of the job', async () => {
  const port = await freePort();
  const { id } = await startReady(session, `(${LISTENER})`);
  await session.call('interact', { job_id: id, input: String(port) });
  const { facts } = await session.call('wait', { job_id: id, port, wait_s: SOON });
  assert.equal(facts.port_of_job, 'true');
});

test('a port that another process opened does not end the wait for a job that had exited', async () => {
  const { facts: exited } = await run(session, 'true');
  const port = await freePort();
  const { id } = await startReady(session, LISTENER);
  await session.call('interact', { job_id: id, input: String(port) });
  await session.call('wait', { job_id: id, port, wait_s: SOON });
  const { facts, text } = await session.call('wait', { job_id: exited.id, port, wait_s: SOON });
  assert.deepEqual([facts.reason, facts.port_of_job], ['exit', undefined], text);
});

test('a port that a process opens which an exited job left behind is the port of the job', async () => {
  const port = await freePort();
  const listener = `require("net").createServer().listen(${port}, "127.0.0.1", () => console.log("listening"))`;
  const left = `${JSON.stringify(process.execPath)} -e '${listener}'`;
  const untilListening = 'until grep -q listening "$file"; do sleep 0.05; done; rm "$file"';
  const { facts: exited } = await run(session, `file=$(mktemp); ${left} > "$file" & ${untilListening}`);
  const { facts, text } = await session.call('wait', { job_id: exited.id, port, wait_s: SOON });
  assert.deepEqual([facts.reason, facts.port_of_job], ['port', 'true'], text);
  await session.call('kill', { job_id: exited.id });
});

/** Listens on a port and address, and tries again while the address is in use. */
const PATIENT = `${JSON.stringify(process.execPath)} -e '
  const server = require("net").createServer();
  server.on("error", () => setTimeout(listen, 20));
  const listen = () => server.listen(Number(process.env.PORT_TO_USE), process.env.HOST_TO_USE);
  listen();'`;

/** A port with an address on which a job is to listen. */
function serverOn(
  port: number,
  host: string,
  command = PATIENT,
): { command: string; env: Record<string, string> } {
  return { command, env: { PORT_TO_USE: String(port), HOST_TO_USE: host } };
}

const lanAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

for (const [name, host] of [
  ['another loopback address', process.platform === 'linux' ? '127.0.0.2' : undefined],
  ['a LAN address', lanAddress],
] as const) {
  test(`until=port returns when the job listens on ${name}`, { skip: host === undefined }, async () => {
    const port = await freePort();
    const { facts } = await session.call('execute', {
      ...serverOn(port, host ?? ''),
      ...{ until: 'port', port, wait_s: SOON },
    });
    assert.equal(facts.reason, 'port');
    assert.equal(facts.port_of_job, 'true');
  });
}

test('distinguishes a port of a younger process from a port of the job', async () => {
  const port = await freePort();
  const id = await start(session, 'exec sleep 100');
  const younger = await startReady(session, LISTENER);
  await session.call('interact', { job_id: younger.id, input: String(port) });
  const { facts } = await session.call('wait', { job_id: id, until: 'port', port, wait_s: SOON });
  assert.equal(facts.reason, 'port');
  assert.equal(facts.port_of_job, 'false');
  assert.equal(facts.port_opened_by, younger.id);
});

test('mode=all says of each job whether it has the port, and which other one opened it', async () => {
  const port = await freePort();
  const other = await start(session, 'exec sleep 100');
  const listener = await startReady(session, LISTENER);
  const waiting = session.call('wait', { job_ids: [listener.id, other], mode: 'all', port, wait_s: SOON });
  await session.call('interact', { job_id: listener.id, input: String(port) });
  const { blocks } = await waiting;
  const facts = blocks.map((block) => parseFacts(block.split('\n', 1)[0] ?? ''));
  assert.deepEqual(
    facts.map(({ id, port_of_job, port_opened_by }) => [id, port_of_job, port_opened_by]),
    [
      [listener.id, 'true', undefined],
      [other, 'false', listener.id],
    ],
  );
});

test('a port of a process that is older than the job ends no wait, also if the start did not name the port', async (t) => {
  const { port, server } = await listen();
  t.after(() => server.close());
  const id = await start(session, 'exec sleep 100');
  const wait = () => session.call('wait', { job_id: id, until: 'port', port, wait_s: 0.1 });
  const { facts, blocks } = await wait();
  assert.deepEqual([facts.reason, facts.port_taken_by], ['timeout', 'process']);
  assert.match(blocks[1] ?? '', /^Port \d+ is in use by a process that belongs to no job/);
});

test('a port that was free when the job started ends the wait when another process opens it', async (t) => {
  const port = await freePort();
  const args = { command: 'exec sleep 100', until: 'port', port };
  const { facts } = await session.call('execute', { ...args, wait_s: 0.1 });
  assert.equal(facts.reason, 'timeout');
  const { server } = await listen(port);
  t.after(() => server.close());
  const later = await session.call('wait', { job_id: facts.id, until: 'port', port, wait_s: SOON });
  assert.equal(later.facts.reason, 'port');
  assert.equal(later.facts.port_of_job, 'false');
  assert.equal(later.facts.port_opened_by, undefined);
});

test('a port that was taken when the job started ends no wait until it has been free', async (t) => {
  const { port, server } = await listen();
  t.after(() => server.close());
  const { facts, blocks } = await session.call('execute', {
    ...{ command: 'exec sleep 100', until: 'port', port, wait_s: 0.1 },
  });
  const wait = (wait_s: number) => session.call('wait', { job_id: facts.id, until: 'port', port, wait_s });
  assert.equal(facts.reason, 'timeout');
  assert.equal(facts.port_taken_by, 'process');
  assert.match(
    blocks[1] ?? '',
    /^Port \d+ is in use by a process that belongs to no job and is older than this job\./,
  );
  assert.equal((await wait(0.1)).facts.port_taken_by, 'process');
  await new Promise((resolve) => server.close(resolve));
  assert.equal((await wait(0.1)).facts.port_taken_by, undefined);
  const { server: next } = await listen(port);
  t.after(() => next.close());
  assert.equal((await wait(SOON)).facts.port_of_job, 'false');
});

test('a job that fails since its port was taken names the job that had it', async () => {
  const port = await freePort();
  const holder = await session.call('execute', {
    ...serverOn(port, '127.0.0.1'),
    ...{ name: 'holder', until: 'port', port, wait_s: SOON },
  });
  assert.equal(holder.facts.port_of_job, 'true');
  const { facts } = await session.call('execute', {
    command: 'read x; exit 1',
    ...{ name: 'second', until: 'port', port, wait_s: 0.1 },
  });
  assert.equal(facts.reason, 'timeout');
  assert.equal(facts.port_taken_by, holder.facts.id);
  const waiting = session.call('wait', { job_id: 'second', until: 'port', port, wait_s: SOON });
  await session.call('interact', { job_id: 'second', input: '' });
  const ended = await waiting;
  assert.equal(ended.facts.reason, 'exit');
  assert.equal(ended.facts.port_taken_by, holder.facts.id);
  await session.call('kill', { job_id: 'holder' });
});

test('a job that waits for its port to become free is waited for', async () => {
  const port = await freePort();
  const held = await session.call('execute', {
    ...serverOn(port, '127.0.0.1'),
    ...{ name: 'old', until: 'port', port, wait_s: SOON },
  });
  const next = await session.call('execute', {
    ...serverOn(port, '127.0.0.1', `: next; ${PATIENT}`),
    ...{ until: 'port', port, wait_s: 0.1 },
  });
  assert.equal(next.facts.reason, 'timeout');
  assert.equal(next.facts.port_taken_by, held.facts.id);
  assert.match(next.blocks[1] ?? '', /is in use by job [0-9a-f-]+ \(old\), which is older than this job/);
  const waiting = session.call('wait', { job_id: next.facts.id, until: 'port', port, wait_s: SOON });
  await session.call('kill', { job_id: 'old' });
  const { facts } = await waiting;
  assert.equal(facts.reason, 'port');
  assert.equal(facts.port_of_job, 'true');
  assert.equal(facts.port_taken_by, undefined);
});

test('execute starts a server and returns when its port is open', async () => {
  const port = await freePort();
  const { facts } = await session.call('execute', {
    command: `echo ${port} | ${LISTENER}`,
    until: 'port',
    port,
    wait_s: SOON,
  });
  assert.equal(facts.reason, 'port');
  assert.equal(facts.port_of_job, 'true');
});

test('waits until the timeout for a port that no process opens', async () => {
  const port = await freePort();
  const id = await start(session, 'exec sleep 100');
  const { facts } = await session.call('wait', { job_id: id, port, wait_s: 0.3 });
  assert.equal(facts.reason, 'timeout');
  assert.equal(facts.port_of_job, undefined);
});

test('status lists all ports on which the processes of a job listen', async () => {
  const code = `const { createServer } = require("net");
    let listening = 0;
    for (const host of ["127.0.0.1", "0.0.0.0"]) createServer().listen(0, host, function () {
      console.log(this.address().port);
      if (++listening === 2) console.log("ready");
    });`;
  const { id, log } = await startReady(session, `${JSON.stringify(process.execPath)} -e '${code}'`);
  const ports = log.match(/\d+/g)?.map(Number) ?? [];
  const expected = [...ports].sort((a, b) => a - b).join(',');
  assert.equal(ports.length, 2);
  assert.equal((await statusOf(session, id)).ports, expected);
});
