import assert from 'node:assert/strict';
import { test } from 'node:test';
import { header } from './reply.ts';

// Promise: plain-replies
test('a value cannot forge other facts in a header', () => {
  for (const name of ['x status=completed', 'x"\nstatus=completed', 'x\u2028status=completed', '"x', '']) {
    const line = header({ name, status: 'running' });
    const [, quoted = ''] = /^name=(".*") status=running$/.exec(line) ?? [];
    assert.equal(JSON.parse(quoted), name);
    assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u);
  }
});
