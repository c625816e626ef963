import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from './support/processes.ts';
import { shareSession, SOON, start, startReady, statusOf } from './support/session.ts';

const session = await shareSession();

/** Listens on the port that is sent to it, on loopback only. */
const LISTENER = `${JSON.stringify(process.execPath)} -e '
  process.stdin.once("data", (line) => {
    require("net").createServer().listen(Number(line), "127.0.0.1", () => console.log("listening"));
  });
  console.log("ready");'`;

async function freePort(): Promise<number> {
  const { port, server } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('until=port answers when the job accepts connections', async () => {
  const port = await freePort();
  const { id } = await startReady(session, LISTENER);
  const waiting = session.call('wait', { job_id: id, until: 'port', port, timeout_s: SOON });
  await session.call('interact', { job_id: id, input: String(port) });
  const { facts } = await waiting;
  assert.equal(facts.reason, 'port');
  assert.equal(facts.port_of_job, 'true');
  assert.equal(facts.status, 'running');
  assert.equal((await statusOf(session, id)).ports, String(port));
});

test('a port that a child of the job holds is the port of the job', async () => {
  const port = await freePort();
  const { id } = await startReady(session, `(${LISTENER})`);
  await session.call('interact', { job_id: id, input: String(port) });
  const { facts } = await session.call('wait', { job_id: id, port, timeout_s: SOON });
  assert.equal(facts.port_of_job, 'true');
});

test('a port that another process holds is told from the port of the job', async (t) => {
  const { port, server } = await listen();
  t.after(() => server.close());
  const id = await start(session, 'exec sleep 100');
  const { facts } = await session.call('wait', { job_id: id, until: 'port', port, timeout_s: SOON });
  assert.equal(facts.reason, 'port');
  assert.equal(facts.port_of_job, 'false');
});

test('execute starts a server and answers when its port is open', async () => {
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

test('a port that nobody opens is waited for until the time is over', async () => {
  const port = await freePort();
  const id = await start(session, 'exec sleep 100');
  const { facts } = await session.call('wait', { job_id: id, port, timeout_s: 0.3 });
  assert.equal(facts.reason, 'timeout');
  assert.equal(facts.port_of_job, undefined);
});

test('status lists all ports on which the processes of a job listen', async () => {
  const code = `const { createServer } = require("net");
    for (const host of ["127.0.0.1", "0.0.0.0"]) createServer().listen(0, host, function () {
      console.log(this.address().port);
    });
    setTimeout(() => console.log("ready"), 200);`;
  const { id, log } = await startReady(session, `${JSON.stringify(process.execPath)} -e '${code}'`);
  const ports = log.match(/\d+/g)?.map(Number) ?? [];
  const expected = [...ports].sort((a, b) => a - b).join(',');
  assert.equal(ports.length, 2);
  assert.equal((await statusOf(session, id)).ports, expected);
});
