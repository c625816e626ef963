import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSONRPCRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import fc from 'fast-check';
import { cases } from '../../../test/support/repeats.ts';
import { isPlainRequest, isPlainToolCall } from './plain-request.ts';

const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.constantFrom(null, undefined, true, [], {}, { progressToken: 1 }, { progressToken: [] }),
);
const meta = fc.oneof(
  anything,
  fc.record(
    { progressToken: anything, 'io.modelcontextprotocol/related-task': anything },
    { requiredKeys: [] },
  ),
);
const params = fc.oneof(
  anything,
  fc.record({ _meta: meta, name: anything, task: anything, arguments: anything }, { requiredKeys: [] }),
);
const message = fc.record(
  {
    jsonrpc: fc.constantFrom('2.0', '1.0', 2),
    id: anything,
    method: fc.oneof(fc.constant('tools/call'), anything),
    params,
    extra: anything,
  },
  { requiredKeys: [] },
);

test('takes no message for a request that the schema refuses', () => {
  fc.assert(
    fc.property(message, (made) => {
      // As it comes from a client: without members that are undefined.
      const body = JSON.parse(JSON.stringify(made)) as unknown;
      if (isPlainRequest(body)) assert.deepEqual(JSONRPCRequestSchema.parse(body), body);
    }),
    { numRuns: cases(500) },
  );
});

test('takes the requests of clients', () => {
  const call = {
    jsonrpc: '2.0' as const,
    id: 7,
    method: 'tools/call',
    params: { name: 'wait', arguments: { job_ids: ['a'] }, _meta: { progressToken: 'p', other: 1 } },
  };
  assert.equal(isPlainRequest(call), true);
  assert.equal(isPlainToolCall(call), true);
  assert.equal(isPlainRequest({ jsonrpc: '2.0', id: 'x', method: 'ping' }), true);
  assert.equal(isPlainToolCall({ ...call, params: { ...call.params, task: {} } }), false);
  assert.equal(isPlainToolCall({ ...call, method: 'resources/read' }), false);
});

test('takes no member that would become the prototype of a copy', () => {
  const body = JSON.parse('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{}}}') as unknown;
  assert.equal(isPlainRequest(body), false);
});
