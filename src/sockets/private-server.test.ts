import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { atEnd } from '../../test/support/scratch.ts';
import { PrivateServer } from './private-server.ts';

async function statusOf(server: PrivateServer, path: string): Promise<number | undefined> {
  const [response] = (await once(get({ socketPath: server.socket, path }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

test('serves each path from when it is added, and answers 404 to any other', async (t) => {
  const server = await PrivateServer.open();
  atEnd(t, () => server.close());
  assert.equal(await statusOf(server, '/first'), 404);
  server.serve('/first', (_request, response) => void response.writeHead(200).end());
  server.serve('/second', (_request, response) => void response.writeHead(204).end());
  const paths = ['/first', '/second', '/first?x', '/FIRST', '/'];
  assert.deepEqual(await Promise.all(paths.map((path) => statusOf(server, path))), [200, 204, 404, 404, 404]);
});
