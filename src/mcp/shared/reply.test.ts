import assert from 'node:assert/strict';
import { test } from 'node:test';
import { header } from './reply.ts';

// Promise: plain-replies
test('a value cannot make a header say something else', () => {
  for (const name of ['x status=completed', 'x"\nstatus=completed', 'x\u2028status=completed', '"x', '']) {
    const line = header({ name, status: 'running' });
    assert.equal(line, `name=${JSON.stringify(name)} status=running`);
    assert.doesNotMatch(line, /\n/);
  }
});
