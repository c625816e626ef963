import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { PortCheck } from './port-check.ts';
import { findSockets } from './port-sockets.ts';

const ON_LINUX = { skip: process.platform === 'linux' ? false : 'only Linux lists the sockets of a port' };

async function listen(t: TestContext, port = 0, host = '127.0.0.1'): Promise<Server> {
  const server = createServer().listen(port, host);
  t.after(() => server.close());
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A check of a port that other processes had before the job started. The test decides which ports the job has. */
async function checkTaken(port: number) {
  const earlier = (await findSockets([port])).map(({ id }) => id);
  const own: number[] = [];
  let [looks, wasFree] = [0, 0];
  const check = new PortCheck({
    port,
    listPorts: async () => {
      looks++;
      return own;
    },
    findEarlier: async () => earlier,
    onFree: () => {
      wasFree++;
    },
  });
  return { check, own, wasFree: () => wasFree, looks: () => looks };
}

/** The same for a port that was opened after the job started. */
async function checkOpened(t: TestContext) {
  const before = await listen(t);
  const port = portOf(before);
  await close(before);
  const taken = await checkTaken(port);
  await listen(t, port);
  return { ...taken, port };
}

test('a port that its earlier holder has left is that of whoever opens it next', async (t) => {
  const before = await listen(t);
  const port = portOf(before);
  const { check, own, wasFree } = await checkTaken(port);
  assert.deepEqual([await check.run(), check.holders.length, wasFree()], [undefined, 1, 0]);
  await close(before);
  assert.deepEqual([await check.run(), check.holders.length, wasFree()], [undefined, 0, 1]);
  await listen(t, port);
  assert.equal((await check.run())?.isOwn, false);
  own.push(port);
  assert.deepEqual([await check.run(true), wasFree()], [{ isOwn: true }, 1]);
});

test(
  'a port that another process has taken over between two checks is not that of its earlier holder',
  ON_LINUX,
  async (t) => {
    const before = await listen(t);
    const port = portOf(before);
    const { check, wasFree } = await checkTaken(port);
    assert.equal(await check.run(), undefined);
    await close(before);
    await listen(t, port);
    assert.deepEqual([(await check.run())?.isOwn, check.holders.length, wasFree()], [false, 0, 1]);
  },
);

test('a port that the job closes before its processes are looked at is not that of another process', async (t) => {
  const server = await listen(t);
  const port = portOf(server);
  const check = new PortCheck({
    port,
    listPorts: async () => {
      if (server.listening) await close(server);
      return [];
    },
    findEarlier: async () => [],
  });
  assert.equal(await check.run(), undefined);
  await listen(t, port);
  assert.equal((await check.run())?.isOwn, false);
});

test('a process of the job that two inspections miss is found by the next', async (t) => {
  const port = portOf(await listen(t));
  const found = [[], [], [port]];
  const check = new PortCheck({
    port,
    listPorts: async () => found.shift() ?? [],
    findEarlier: async () => [],
  });
  assert.deepEqual([await check.run(), check.holders, found], [{ isOwn: true }, [], []]);
});

test('a port that is said to be that of another process is checked a few times more', async (t) => {
  const { check, looks } = await checkOpened(t);
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  assert.deepEqual([(await check.run())?.isOwn, looks()], [false, 3]);
  for (const count of [4, 5, 6]) {
    assert.equal(await check.hasChanged(), true);
    now += 1000;
    assert.deepEqual([(await check.run())?.isOwn, looks()], [false, count]);
  }
  assert.equal(await check.hasChanged(), false);
});

test('a process of the job that three inspections miss is found by a later one', async (t) => {
  const { check, own, port } = await checkOpened(t);
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  assert.equal((await check.run())?.isOwn, false);
  own.push(port);
  assert.equal(await check.hasChanged(), true);
  now += 1000;
  assert.deepEqual(await check.run(), { isOwn: true });
  assert.equal(await check.hasChanged(), false);
});

test('a port that another process opened after the job started ends the check at once', async (t) => {
  const server = await listen(t);
  const check = new PortCheck({
    port: portOf(server),
    listPorts: async () => [],
    findEarlier: async () => [],
  });
  assert.equal((await check.run())?.isOwn, false);
});

test(
  'an earlier holder of one address does not take the others, but all that loopback reaches',
  ON_LINUX,
  async (t) => {
    const before = await listen(t, 0, '127.0.0.2');
    const port = portOf(before);
    const elsewhere = await checkTaken(port);
    assert.deepEqual([await elsewhere.check.run(), elsewhere.check.holders.length], [undefined, 1]);
    const second = await listen(t, port);
    assert.equal((await elsewhere.check.run())?.isOwn, false);
    const onLoopback = await checkTaken(port);
    const third = await listen(t, port, '::1');
    assert.equal(await onLoopback.check.run(), undefined);
    for (const each of [before, second, third]) await close(each);
  },
);

test('a job that closes its port beside another holder does not have it any more', ON_LINUX, async (t) => {
  const before = await listen(t);
  const port = portOf(before);
  const { check, own } = await checkTaken(port);
  const server = await listen(t, port, '127.0.0.2');
  own.push(port);
  assert.deepEqual(await check.run(), { isOwn: true });
  assert.equal(await check.hasChanged(), false);
  own.pop();
  await close(server);
  assert.equal(await check.hasChanged(), true);
  assert.equal(await check.run(), undefined);
});

test(
  'the processes of a job are looked at when other sockets have the port, and before the last answer',
  ON_LINUX,
  async (t) => {
    const before = await listen(t);
    const port = portOf(before);
    const { check, own, looks } = await checkTaken(port);
    // No pause between two inspections is over.
    t.mock.method(performance, 'now', () => 1);
    for (let count = 0; count < 3; count++) assert.equal(await check.run(), undefined);
    assert.equal(looks(), 1);
    await listen(t, port, '127.0.0.2');
    own.push(port);
    for (let count = 0; count < 3; count++) assert.deepEqual(await check.run(), { isOwn: true });
    assert.equal(looks(), 2);
    own.pop();
    assert.deepEqual(await check.run(), { isOwn: true });
    assert.deepEqual([(await check.run(true))?.isOwn, looks()], [false, 5]);
  },
);

test('a job on a port that cannot be seen from here keeps it between two looks at its processes', async (t) => {
  const server = await listen(t);
  const port = portOf(server);
  await close(server);
  const { check, own } = await checkTaken(port);
  own.push(port);
  t.mock.method(performance, 'now', () => 1);
  assert.deepEqual(await check.run(), { isOwn: true });
  assert.equal(await check.hasChanged(), true);
  assert.deepEqual(await check.run(), { isOwn: true });
});

test('a job that shares the socket of an earlier holder is looked at each time', ON_LINUX, async (t) => {
  const port = portOf(await listen(t));
  const { check, own } = await checkTaken(port);
  own.push(port);
  assert.deepEqual([await check.run(), check.holders], [{ isOwn: true }, []]);
  assert.equal(await check.hasChanged(), true);
});
