import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeText, exitMeaning } from './exit-code.ts';

test('exit codes of Windows have a meaning, and those of programs none', () => {
  assert.equal(exitCodeText(3_221_225_477), '3221225477 (0xC0000005, access violation)');
  assert.equal(exitMeaning(0xc0ffee00), '0xC0FFEE00');
  for (const code of [undefined, 0, 1, 3, 255, 9009, 0xffffffff]) assert.equal(exitMeaning(code), undefined);
  assert.equal(exitCodeText(3), '3');
});
