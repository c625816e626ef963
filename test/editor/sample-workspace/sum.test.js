import assert from 'node:assert/strict';
import { test } from 'node:test';

test('sums', () => assert.equal(1 + 2, 3));
test('fails, so that there is something to find', () => assert.equal(0.1 + 0.2, 0.3));
