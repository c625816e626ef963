import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { ConnectionClosedError, MessageConnection } from './message-connection.ts';
import { ERROR_CODES, NotificationType, RequestType, ResponseError } from './message-types.ts';

const double = new RequestType<{ readonly value: number }, number>('double');
const noted = new NotificationType<{ readonly at: number }>('noted');

let count = 0;

/** Opens a connection and the socket at its other end. */
async function open(t: TestContext): Promise<{ connection: MessageConnection; other: Socket }> {
  const path =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\${process.pid}-messages-${++count}`
      : join(scratchFolder(t), 's');
  const server = createServer().listen(path);
  t.after(() => server.close());
  const socket = connect(path);
  const [other] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    socket.destroy();
    other.destroy();
  });
  return { connection: new MessageConnection(socket), other };
}

async function openBoth(t: TestContext): Promise<readonly [MessageConnection, MessageConnection]> {
  const { connection, other } = await open(t);
  return [connection, new MessageConnection(other)];
}

function linesOf(...messages: readonly object[]): string {
  return messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
}

test('answers requests in both directions', async (t) => {
  const ends = await openBoth(t);
  for (const end of ends) {
    end.onRequest(double, ({ value }) => Promise.resolve(2 * value));
    end.listen();
  }
  const answers = ends.map((end, at) => end.request(double, { value: at + 1 }));
  assert.deepEqual(await Promise.all(answers), [2, 4]);
});

test('passes the errors of requests on', async (t) => {
  const [client, server] = await openBoth(t);
  const unknown = new RequestType<object, null>('unknown');
  const refused = new RequestType<object, null>('refused');
  const failing = new RequestType<object, null>('failing');
  server.onRequest(refused, () => {
    throw new ResponseError(ERROR_CODES.invalidParams, 'It is refused.');
  });
  server.onRequest(failing, () => Promise.reject(new TypeError('It is broken.')));
  for (const end of [client, server]) end.listen();
  const expected = [
    [unknown, ERROR_CODES.methodNotFound, 'There is no method unknown.'],
    [refused, ERROR_CODES.invalidParams, 'It is refused.'],
    [failing, ERROR_CODES.internalError, 'It is broken.'],
  ] as const;
  for (const [type, code, message] of expected)
    await assert.rejects(client.request(type, {}), { name: 'ResponseError', code, message });
});

test('delivers messages in their order', async (t) => {
  const { connection, other } = await open(t);
  const received: string[] = [];
  const done = new Promise<void>((resolve) => {
    connection.onNotification(noted, ({ at }) => {
      received.push(`notice ${at}`);
      if (at === 4) resolve();
    });
  });
  connection.onRequest(double, ({ value }) => {
    received.push(`request ${value}`);
    return value;
  });
  connection.listen();
  const notice = (at: number): object => ({ method: 'noted', params: { at } });
  const request = (value: number): object => ({ id: value, method: 'double', params: { value } });
  other.write(linesOf(notice(0), request(1), notice(2), notice(3), notice(4)));
  await done;
  assert.deepEqual(received, ['notice 0', 'request 1', 'notice 2', 'notice 3', 'notice 4']);
});

test('delivers a message only after a response that came with it has taken effect', async (t) => {
  const { connection, other } = await open(t);
  connection.listen();
  const asked = once(other, 'data');
  const received = new Promise<number>((resolve) => {
    // As a client that registers its handlers when it knows the other end.
    void connection
      .request(double, { value: 1 })
      .then((result) => Promise.resolve(result))
      .then(() => connection.onNotification(noted, ({ at }) => resolve(at)));
  });
  await asked;
  other.write(linesOf({ id: 1, result: 2 }, { method: 'noted', params: { at: 7 } }));
  assert.equal(await received, 7);
});

test('an error in a handler of notifications does not stop the next message', async (t) => {
  const { connection, other } = await open(t);
  const { error } = console;
  t.after(() => (console.error = error));
  const logged: unknown[] = [];
  console.error = (problem) => void logged.push(problem);
  const next = new Promise<void>((resolve) => {
    connection.onNotification(noted, ({ at }) => {
      if (at === 0) throw new Error('It is broken.');
      resolve();
    });
  });
  connection.listen();
  other.write(linesOf({ method: 'noted', params: { at: 0 } }, { method: 'noted', params: { at: 1 } }));
  await next;
  assert.match(String(logged), /It is broken/);
});

test('requests and notifications fail when the connection closes', async (t) => {
  const { connection, other } = await open(t);
  connection.listen();
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  const unanswered = assert.rejects(connection.request(double, { value: 1 }), ConnectionClosedError);
  other.destroy();
  await Promise.all([closed, unanswered]);
  await assert.rejects(connection.request(double, { value: 1 }), ConnectionClosedError);
  await assert.rejects(connection.notify(noted, { at: 1 }), ConnectionClosedError);
});

test('a disposed connection answers nothing, and does not report its end', async (t) => {
  const { connection, other } = await open(t);
  let isReported = false;
  connection.onClose(() => (isReported = true));
  connection.listen();
  const unanswered = assert.rejects(connection.request(double, { value: 1 }), ConnectionClosedError);
  connection.dispose();
  await unanswered;
  other.destroy();
  await once(other, 'close');
  assert.equal(isReported, false);
});
