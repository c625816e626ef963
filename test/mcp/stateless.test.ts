// Tools and resources need no session. A request of MCP 2026-07-28 contains everything they need.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobManager } from '../../src/jobs/manager.ts';
import { completeReference, listResources, readResource } from '../../src/mcp/resources/job-resources.ts';
import { callTool } from '../../src/mcp/server/tool-call.ts';
import { DEFINITIONS } from '../../src/mcp/server/tool-definitions.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { openManager } from '../support/manager.ts';
import { storageFolder } from '../support/mcp-session.ts';

/** The metadata of each request (MCP 2026-07-28, Base Protocol, `_meta`). */
const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'stateless', version: '1' },
};

/** Sends one request, without any earlier state. */
async function call(manager: JobManager, name: string, args: object, meta: object = {}): Promise<string> {
  const params = { name, arguments: args, _meta: { ..._meta, ...meta } };
  const { signal } = new AbortController();
  const { content } = await callTool(params, {
    manager,
    listed: TOOLS,
    signal,
    notify: () => undefined,
  });
  return (content as { text: string }[]).map(({ text }) => text).join('\n');
}

test('every request can go to another server, since the client names jobs and holds cursors', async (t) => {
  // Each request has its own manager, as in another process.
  const storage = storageFolder(t);
  const next = (): JobManager => openManager(t, { storage, endJobsWithManager: false });
  const keep = openManager(t, { storage });
  const started = await call(keep, 'execute', { command: 'echo one; read line; echo "$line"', name: 'x' });
  assert.match(started, /status=running/);
  const page = await call(next(), 'wait', { job_id: 'x', regex: 'one' });
  const cursor = Number(/next_cursor=(\d+)/.exec(page)?.[1]);
  await call(next(), 'interact', { job_id: 'x', input: 'two' });
  await call(next(), 'wait', { job_id: 'x' });
  assert.match(await call(next(), 'output', { job_id: 'x', cursor }), /\ntwo\n$/);
  assert.match(await call(next(), 'status', { job_id: 'x' }), /client=stateless/);
  const { resources } = await listResources(next(), undefined);
  const { contents } = await readResource(next(), resources[1]!.uri);
  assert.match(JSON.stringify(contents), /one\\ntwo\\n/);
  assert.deepEqual((await completeReference(next(), 'x')).completion.values, ['x']);
  assert.equal(DEFINITIONS.length, 10);
});
