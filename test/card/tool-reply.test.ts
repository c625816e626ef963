import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorIn, jobsIn } from '../../src/pages/card/tool-reply.ts';

const ID = '0b7ac6c6-1f0e-4c1f-9d1b-0d2f4a6c8e10';
const OTHER = '1b7ac6c6-1f0e-4c1f-9d1b-0d2f4a6c8e10';
const reply = (...texts: unknown[]) => ({ content: texts.map((text) => ({ type: 'text', text })) });

test('finds the jobs of a reply in its lines of facts, and not in the log', () => {
  assert.deepEqual(jobsIn(reply(`id=${ID} name=dev status=running\nid=${OTHER} name=log`)), [
    { id: ID, label: 'dev' },
  ]);
  assert.deepEqual(jobsIn(reply(`reason=exit id=${ID} status=completed`)), [{ id: ID, label: '0b7ac6c6' }]);
  assert.deepEqual(
    jobsIn(reply(`id=${ID} name="a \\"b\\" id=${OTHER}"`, `id=${OTHER}`, `id=${ID}`, 'Other jobs: none')),
    [
      { id: ID, label: '0b7ac6c6' },
      { id: OTHER, label: '1b7ac6c6' },
    ],
  );
});

test('finds no job in what is no reply', () => {
  for (const each of [{}, { content: 'x' }, { content: [null, {}, 1] }, reply(1, '', 'id=x', `xid=${ID}`)]) {
    assert.deepEqual(jobsIn(each), []);
  }
});

test('finds the reason why a call failed', () => {
  assert.equal(errorIn(reply('Error: There is no folder.')), 'There is no folder.');
  assert.equal(errorIn({ ...reply('Refused'), isError: true }), 'Refused');
  assert.equal(errorIn(reply(`id=${ID}`)), undefined);
});
