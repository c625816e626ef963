import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findSockets, idsOf } from './port-sockets.ts';

const ON_LINUX = { skip: process.platform === 'linux' ? false : 'only Linux lists the sockets of a port' };

async function listen(t: TestContext, port = 0, host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(port, host);
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('the sockets of ports are told from each other, and from later ones', ON_LINUX, async (t) => {
  const port = await listen(t);
  const [first] = await findSockets([port]);
  assert.equal(first?.scope, 'loopback');
  await listen(t, port, '127.0.0.2');
  const other = await listen(t, 0, '0.0.0.0');
  const all = await findSockets([port, other]);
  assert.deepEqual(all.map(({ scope }) => scope).sort(), ['0200007F', 'loopback', 'loopback']);
  assert.equal(new Set(all.map(({ id }) => id)).size, 3);
  assert.ok(all.some(({ id }) => id === first.id));
  assert.equal(idsOf(all), idsOf(all.toReversed()));
  assert.deepEqual(await findSockets([]), []);
});

test('a process that accepts no connections has its port', ON_LINUX, async (t) => {
  const code = `const server = require('net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(String(server.address().port)));`;
  const holder = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => holder.kill('SIGKILL'));
  const port = Number(String(await once(holder.stdout, 'data')));
  holder.kill('SIGSTOP');
  // They fill the queue, and later ones get no answer.
  const queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  t.after(() => {
    for (const each of queue) each.destroy();
  });
  await once(queue[0]!, 'connect');
  assert.equal((await findSockets([port])).length, 1);
});

test('a socket that listens since its table was read is told from others, too', ON_LINUX, async (t) => {
  const port = await listen(t);
  const expected = await findSockets([port]);
  const { readFile } = promises;
  let reads = 0;
  const mock = t.mock.method(promises, 'readFile', (...args: Parameters<typeof readFile>) =>
    // There are two tables.
    ++reads <= 2 ? Promise.resolve('') : readFile(...args),
  );
  syncBuiltinESMExports();
  t.after(() => {
    mock.mock.restore();
    syncBuiltinESMExports();
  });
  assert.deepEqual(await findSockets([port]), expected);
  assert.equal(reads, 4);
});

/** Brings up the loopback interface with `ioctl(2)`: SIOCSIFFLAGS of a struct ifreq (netdevice(7)), with IFF_UP. */
const INTERFACE_UP = `
  const c = require(process.argv[1]).load(null);
  const request = Buffer.alloc(40);
  request.write('lo');
  request.writeInt16LE(1, 16);
  const socket = c.func('int socket(int, int, int)')(2, 2, 0);
  if (c.func('int ioctl(int, unsigned long, void *)')(socket, 0x8914, request) !== 0) process.exit(1);`;

/** Says how often one of the ports seems to be open, while nobody listens. */
const CONNECT_OFTEN = `
  import(process.argv[2]).then(async ({ findSockets }) => {
    let found = 0;
    for (let count = 0; count < 200; count++) found += (await findSockets([40000, 40001, 40002])).length;
    console.log(found);
  });`;

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const hasNetworks = isRoot && spawnSync('unshare', ['--net', 'true']).status === 0;

test(
  'a connection with itself does not count as a socket that listens',
  { skip: hasNetworks ? false : 'only root on Linux can make a network with few ports' },
  () => {
    const root = join(import.meta.dirname, '..', '..');
    const fewPorts = 'echo 40000 40003 > /proc/sys/net/ipv4/ip_local_port_range';
    const script = `"$0" -e "$1" "$3" && ${fewPorts} && exec "$0" -e "$2" "$3" "$4"`;
    const found = execFileSync(
      'unshare',
      [
        ...['--net', 'sh', '-c', script, process.execPath, INTERFACE_UP, CONNECT_OFTEN],
        ...[join(root, 'node_modules', 'koffi'), join(import.meta.dirname, 'port-sockets.ts')],
      ],
      { encoding: 'utf8' },
    );
    assert.equal(found, '0\n');
  },
);
