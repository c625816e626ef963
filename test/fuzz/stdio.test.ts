import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawMessage } from '../support/raw-client.ts';
import { openRawStdio, type RawStdio } from '../support/raw-stdio.ts';
import { repeats } from '../support/repeats.ts';
import { eventually } from '../support/runner.ts';
import { cancelledBy, checkAnswer, isRequest, within } from './answers.ts';
import { CANARY, checkCanaryLog } from './canary.ts';
import { Messages, type ToolSchema } from './messages.ts';
import { SEED } from './random.ts';
import { descriptorsOf, memoryOf } from './usage.ts';

const REQUESTS = repeats(70_000, 2000);
/** Descriptors in temporary use by worker threads and by jobs that are being started. */
const PASSING = 40;
/** Messages that are written before their answers are read. */
const BURST = 100;

// Promise: malformed-requests, client-limits
test(`over stdio no input of a client crashes the server (seed ${SEED})`, async (t) => {
  const session = openRawStdio(t);
  const { server, ask, initialize } = session;
  await initialize();
  const { result } = await ask('tools/list');
  const job = /id=(\S+)/.exec(await call(session, 'execute', { command: CANARY, name: 'canary' }))![1]!;
  const before = await call(session, 'status', { job_id: job });
  const messages = new Messages(SEED, result!.tools as ToolSchema[], job);
  let sent = 0;
  let memory = 0;
  let descriptors = 0;
  while (sent < REQUESTS) {
    if (sent > REQUESTS / 2 && memory === 0)
      [memory, descriptors] = [memoryOf(server.pid!), descriptorsOf(server.pid!)];
    sent += await burst(session, messages);
  }
  assert.match(await call(session, 'status', { job_id: job }), pidOf(before));
  const log = await call(session, 'output', { job_id: job, max_bytes: 262_144 });
  checkCanaryLog(log.slice(log.indexOf('\n') + 1));
  assert.ok(
    memoryOf(server.pid!) <= memory * 1.5 + 64 * 1024 * 1024,
    `${memory} -> ${memoryOf(server.pid!)} bytes`,
  );
  await eventually('no descriptor is left open', () => descriptorsOf(server.pid!) <= descriptors + PASSING);
  const [half, end] = [memory, memoryOf(server.pid!)].map((bytes) => Math.round(bytes / 1e6));
  t.diagnostic(`${sent} messages, ${half} MB halfway, ${end} MB at the end`);
});

async function call({ ask }: RawStdio, name: string, args: object): Promise<string> {
  const { result } = await ask('tools/call', { name, arguments: args });
  return (result!.content as { text: string }[])[0]!.text;
}

function pidOf(status: string): RegExp {
  return new RegExp(`status=running pid=${/pid=(\d+)/.exec(status)?.[1] ?? '?'} `);
}

/** Writes many messages at once, and waits for the answer to each request. @returns the number of messages */
async function burst({ write, next, server }: RawStdio, messages: Messages): Promise<number> {
  const wanted = new Map<unknown, unknown>();
  // A cancelled request may be answered or not, even if it is sent after the cancellation.
  const cancelled = new Set<unknown>();
  for (let i = 0; i < BURST; i++) {
    const kind = messages.random.next();
    if (kind < 0.1) {
      // A line end inside would make several messages.
      const bytes = messages.garbage().map((byte) => (byte === 10 ? 32 : byte));
      write(Buffer.concat([bytes, Buffer.from('\n')]));
      continue;
    }
    const all =
      kind < 0.15
        ? Array.from({ length: messages.random.below(8) }, () => messages.message())
        : [kind < 0.3 ? messages.stateless() : messages.message()];
    for (const each of all) {
      for (const id of cancelledBy(each)) cancelled.add(id);
      if (isRequest(each)) wanted.set(each.id, each);
    }
    write(`${JSON.stringify(kind < 0.15 ? all : all[0])}\n`);
  }
  for (const id of cancelled) wanted.delete(id);
  const last = `last-${messages.random.next()}`;
  write({ jsonrpc: '2.0', id: last, method: 'ping' });
  wanted.set(last, 'ping');
  while (wanted.size > 0) {
    const got = await within(next(), () => [...wanted.values()]);
    for (const message of Array.isArray(got) ? (got as RawMessage[]) : [got as RawMessage]) {
      checkAnswer(message, wanted.get(message.id));
      wanted.delete(message.id);
    }
  }
  assert.equal(server.exitCode, null);
  return BURST;
}
