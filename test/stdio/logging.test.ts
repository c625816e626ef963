import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { openSession } from '../support/mcp-session.ts';
import { scratchFolder } from '../support/scratch.ts';
import { run, start } from './support/session.ts';

interface Notice {
  readonly level: string;
  readonly data: string;
}

// Promise: hidden-values
test('notifies a client about jobs from the level it asked for, without secrets', async (t) => {
  const session = await openSession(t);
  const told: Notice[] = [];
  const waiting = new Set<() => void>();
  session.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    told.push(params as Notice);
    for (const wake of waiting) wake();
  });
  const untilTold = async (pattern: RegExp): Promise<Notice> => {
    for (;;) {
      const notice = told.find(({ data }) => pattern.test(data));
      if (notice !== undefined) return notice;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  };
  // A client that set no level gets no notifications.
  await run(session, 'true');
  await session.client.setLoggingLevel('warning');
  await run(session, 'true');
  const failed = await run(session, 'echo printed-secret; exit 3', { env: { TOKEN: 'env-secret' } });
  assert.equal((await untilTold(/failed/)).level, 'warning');
  assert.deepEqual(
    told.map(({ data }) => data),
    [`${failed.facts.id} failed exitCode=3 endedBy=itself`],
  );

  await session.client.setLoggingLevel('info');
  const { facts } = await run(session, ': command-secret');
  assert.equal((await untilTold(new RegExp(`${facts.id} started by test-client`))).level, 'info');
  assert.equal((await untilTold(new RegExp(`${facts.id} completed`))).level, 'info');
  assert.doesNotMatch(JSON.stringify(told), /secret|runs as process/);

  await session.client.setLoggingLevel('debug');
  const chatty = await run(session, 'true');
  await untilTold(new RegExp(`${chatty.facts.id} runs as process \\d+, capture \\w+`));
  const gate = join(scratchFolder(t), 'go');
  const first = await start(session, `until [ -e ${gate} ]; do sleep 0.02; done`);
  const queued = await start(session, 'true', { after: [first] });
  writeFileSync(gate, '');
  await untilTold(new RegExp(`${queued} runs as process \\d+`));
  await untilTold(new RegExp(`${queued} completed`));
  await untilTold(new RegExp(`${chatty.facts.id} completed`));
  const before = told.length;
  await session.client.setLoggingLevel('emergency');
  await run(session, 'exit 1');
  assert.equal(told.length, before);
  assert.deepEqual(session.client.getServerCapabilities()?.logging, {});
});
