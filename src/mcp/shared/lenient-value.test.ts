import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLeniently, type Schema } from './lenient-value.ts';

const TEXT: Schema = { type: 'string' };
const NUMBER: Schema = { type: 'number' };
const INTEGER: Schema = { type: 'integer' };
const BOOLEAN: Schema = { type: 'boolean' };
const MAP: Schema = { type: 'object', additionalProperties: TEXT };
const STREAM: Schema = { type: 'string', enum: ['both', 'stdout'] };
const JOBS: Schema = { anyOf: [TEXT, { type: 'array', items: TEXT }] };
const CURSOR: Schema = { anyOf: [INTEGER, { type: 'object', additionalProperties: INTEGER }] };
const CALL: Schema = {
  type: 'object',
  properties: { name: TEXT, lines: INTEGER },
  additionalProperties: false,
};

const READ: readonly (readonly [given: unknown, schema: Schema, read: unknown])[] = [
  ['3', NUMBER, 3],
  ['0.5', NUMBER, 0.5],
  [' 5 ', INTEGER, 5],
  ['true', BOOLEAN, true],
  ['false', BOOLEAN, false],
  ['"stdout"', STREAM, 'stdout'],
  ['{"PORT":3000,"CI":true,"NO":null}', MAP, { PORT: '3000', CI: 'true' }],
  [{ PORT: 3000, CI: true, NO: null, JSON: '{"a":1}' }, MAP, { PORT: '3000', CI: 'true', JSON: '{"a":1}' }],
  ['["a","b"]', JOBS, ['a', 'b']],
  [['a', 1234], JOBS, ['a', '1234']],
  ['web', JOBS, 'web'],
  ['web', { type: 'array', items: TEXT }, ['web']],
  [12345678, { type: 'array', items: TEXT }, ['12345678']],
  [5, { type: 'array', items: INTEGER }, [5]],
  [17, CURSOR, 17],
  ['17', CURSOR, 17],
  ['{"web":"17"}', CURSOR, { web: 17 }],
  [404, TEXT, '404'],
  ['{"name":null,"lines":"5"}', CALL, { lines: 5 }],
  [{ constructor: null, __proto__x: '1' }, CALL, { __proto__x: '1' }],
];
for (const [given, schema, read] of READ) {
  test(`reads ${JSON.stringify(given)} as ${JSON.stringify(read)}`, () => {
    assert.deepEqual(readLeniently(given, schema), read);
  });
}

const KEPT: readonly (readonly [given: unknown, schema: Schema])[] = [
  ['echo "hi"', TEXT],
  ['"quoted"', TEXT],
  ['["a"]', TEXT],
  ['3', TEXT],
  ['', INTEGER],
  ['NaN', NUMBER],
  ['Infinity', NUMBER],
  ['0x10', INTEGER],
  ['3 s', NUMBER],
  ['null', NUMBER],
  ['x', STREAM],
  [true, STREAM],
  [1, BOOLEAN],
  ['yes', BOOLEAN],
  [[], MAP],
  ['[]', MAP],
  [{ A: {} }, MAP],
  [{ A: [1] }, MAP],
  ['['.repeat(100_000), JOBS],
];
for (const [given, schema] of KEPT) {
  test(`leaves ${JSON.stringify(given).slice(0, 40)} to the validation as ${JSON.stringify(schema)}`, () => {
    assert.deepEqual(readLeniently(given, schema), given);
  });
}

test('a member named __proto__ stays a member', () => {
  const read = readLeniently(JSON.parse('{"__proto__":{"polluted":1}}'), CALL) as object;
  assert.equal(Object.hasOwn(read, '__proto__'), true);
  assert.equal('polluted' in read, false);
});
