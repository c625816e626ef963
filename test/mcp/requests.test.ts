// How the endpoint answers requests that it refuses.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openTestEndpoint, postHead, untilClosed } from '../support/endpoint.ts';
import type { RawMessage } from '../support/raw-client.ts';

// Promise: endpoint-secret
test('refuses a request for another host, or from a page of another origin', async (t) => {
  const { open } = await openTestEndpoint(t);
  const client = await open();
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await client.send({ headers, body: client.message('ping') })).status;
  for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:65535', '[::1]', '[::1]:8080']) {
    assert.equal(await status({ host }), 200, host);
    assert.equal(await status({ host, origin: `http://${host}` }), 200, host);
  }
  const strangers = ['evil.example', 'localhost.evil.example', 'evil.example:80', 'localhost@evil.example'];
  for (const host of [...strangers, '127.0.0.2', '0.0.0.0', 'localhost/', 'xlocalhost', '[::2]']) {
    assert.equal(await status({ host }), 403, host);
  }
  const pages = strangers.map((host) => `http://${host}`);
  for (const origin of [
    ...pages,
    'null',
    '',
    'file://',
    'vscode-webview://x',
    'localhost',
    'http://localhost/x',
  ]) {
    assert.equal(await status({ origin }), 403, origin);
  }
});

// Promise: endpoint-secret
test('a request without the secret gets 404 and no message, whatever else is wrong', async (t) => {
  const { client, endpoint } = await openTestEndpoint(t);
  const [name = ''] = Object.keys(endpoint.headers);
  const [secret = ''] = Object.values(endpoint.headers);
  for (const guess of [undefined, '', 'x', secret.slice(1), `${secret}x`, secret.toUpperCase()]) {
    for (const more of [{}, { host: 'evil.example' }, { origin: 'http://evil.example' }]) {
      for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
        const { status, text, headers } = await client().send({
          method,
          headers: { [name]: guess, ...more },
        });
        assert.deepEqual([status, text, headers.allow], [404, '', undefined]);
      }
    }
  }
});

test('an error about another method names the supported ones', async (t) => {
  const { open } = await openTestEndpoint(t);
  const client = await open();
  for (const method of ['PUT', 'PATCH', 'OPTIONS', 'HEAD']) {
    const { status, headers } = await client.send({ method });
    assert.deepEqual([status, headers.allow], [405, 'POST, GET, DELETE'], method);
  }
});

test('refuses a body or an answer of a type that the protocol does not allow', async (t) => {
  const { open } = await openTestEndpoint(t);
  const client = await open();
  const post = async (headers: Record<string, string | undefined>): Promise<number> =>
    (await client.send({ headers, body: client.message('ping') })).status;
  assert.equal(await post({ 'content-type': 'text/plain' }), 415);
  assert.equal(await post({ 'content-type': undefined }), 415);
  assert.equal(await post({ 'content-type': 'application/json; charset=utf-8' }), 200);
  assert.equal(await post({ accept: 'application/json' }), 406);
  assert.equal(await post({ accept: undefined }), 406);
  assert.equal((await client.send({ method: 'GET', headers: { accept: 'text/html' } })).status, 406);
  assert.equal(await post({ 'mcp-protocol-version': '1999-01-01' }), 400);
});

// Promise: client-limits
test('refuses an invalid body with the reason, and the session continues', async (t) => {
  const { open } = await openTestEndpoint(t);
  const client = await open();
  const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
  const nested = JSON.stringify(
    client.message('ping', { a: JSON.parse('['.repeat(63) + ']'.repeat(63)) as unknown }),
  );
  const bodies: [string | Buffer, RegExp][] = [
    ['', /not valid JSON/],
    ['{', /not valid JSON/],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}}', /not valid JSON/],
    [Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\xff"}}', 'latin1'), /UTF-8/],
    [deep, /deeper than 64/],
    [nested, /deeper than 64/],
    ['[]', /batch is empty/],
  ];
  for (const [body, words] of bodies) {
    const { status, messages } = await client.send({ body });
    assert.equal(status, 400, String(body).slice(0, 80));
    assert.match(messages[0]?.error?.message ?? '', words);
  }
  // Brackets in strings do not count as nesting.
  const brackets = client.message('ping', { a: `\\"${'['.repeat(1000)}` });
  assert.equal((await client.send({ body: brackets })).status, 200);
});

test('reports an incomplete initialize request differently from an unknown session', async (t) => {
  const { client } = await openTestEndpoint(t);
  const raw = client();
  const { status, text } = await raw.send({ body: raw.message('initialize', {}) });
  assert.equal(status, 400);
  assert.match(text, /"protocolVersion\\" is missing\..* Send protocolVersion \(text/);
});

test('names what is wrong with params that are no object, with and without a session', async (t) => {
  const { open, client } = await openTestEndpoint(t);
  const session = await open();
  const wrong: [unknown, RegExp][] = [
    [[], /pass an object, not a list/],
    ['x', /pass an object, not text/],
    [{ _meta: 5 }, /\\"_meta\\" is wrong: pass an object, not a number/],
    [{ _meta: { progressToken: {} } }, /\\"_meta.progressToken\\" is wrong/],
  ];
  for (const [params, words] of wrong) {
    for (const method of ['initialize', 'ping', 'tools/call']) {
      const message = session.message(method, params);
      const sent = [{ body: message }, { body: [message] }];
      const stateless = { body: message, headers: { 'mcp-protocol-version': '2026-07-28' } };
      for (const reply of [
        ...(await Promise.all(sent.map((each) => session.send(each)))),
        await client().send(stateless),
      ]) {
        assert.equal(reply.status, 400);
        assert.equal(reply.messages[0]?.error?.code, -32602, `${method} ${reply.text}`);
        assert.match(reply.text, words);
        assert.equal(reply.messages[0].id, message.id);
      }
    }
  }
});

test('names the id of a request that it refuses, and none for a notification', async (t) => {
  const { open, client } = await openTestEndpoint(t);
  const session = await open();
  const notification = { jsonrpc: '2.0', method: 'notifications/initialized', params: [] };
  const refused = await session.send({ body: notification });
  assert.equal(refused.status, 400);
  assert.equal(refused.messages[0]?.id, null);
  const raw = client();
  const message = raw.message('ping');
  assert.equal((await raw.send({ body: message })).messages[0]?.id, message.id);
});

test('answers all calls of a batch', async (t) => {
  const { open } = await openTestEndpoint(t);
  const client = await open();
  const ping = client.message('ping');
  const call = client.toolCall('execute', { command: 'echo one', wait_s: 45 });
  const unknown = client.message('no/such/method');
  const note = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'nobody' } };
  const { status, messages } = await client.send({ body: [ping, note, call, unknown] });
  assert.equal(status, 200);
  const byId = (id: unknown): RawMessage | undefined => messages.find((message) => message.id === id);
  assert.deepEqual(byId(ping.id)?.result, {});
  assert.match(JSON.stringify(byId(call.id)?.result), /\\none\\n/);
  assert.equal(byId(unknown.id)?.error?.code, -32601);
  const many = Array.from({ length: 101 }, () => client.message('ping'));
  assert.equal((await client.send({ body: many })).status, 400);
});

// Promise: malformed-requests, client-limits
test('refuses a body above the limit, and stops reading it', async (t) => {
  const limit = 1024 * 1024;
  const { client, connect, endpoint } = await openTestEndpoint(t, { bodyBytes: limit });
  assert.equal((await client().send({ body: `"${'x'.repeat(limit)}"` })).status, 413);
  assert.equal(
    (
      await client()
        .send({ body: `"${'x'.repeat(2 * limit)}"` })
        .catch(() => ({ status: 413 }))
    ).status,
    413,
  );

  const told = connect();
  told.write(`${postHead(endpoint, { 'content-length': 10 * 1024 ** 3 })}\r\n`);
  const [answer] = (await once(told, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 413 /);
  await untilClosed(told);

  // Without a length, sends as long as the server reads. A body without the secret is not read at all.
  const headers = Object.fromEntries(Object.keys(endpoint.headers).map((name) => [name, 'guess']));
  for (const [owner, most] of [
    [endpoint, 8 * limit],
    [{ ...endpoint, headers }, limit],
  ] as const) {
    const endless = connect();
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const push = (): void => {
      while (!endless.destroyed && endless.write(chunk));
    };
    endless.on('drain', push);
    endless.write(`${postHead(owner, { 'transfer-encoding': 'chunked' })}\r\n`);
    push();
    await untilClosed(endless);
    assert.ok(endless.bytesWritten < most, `${endless.bytesWritten} bytes`);
  }
});
