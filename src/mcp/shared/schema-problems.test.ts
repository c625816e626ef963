import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeProblem, withoutRepetition } from './schema-problems.ts';

function problemsOf(schema: z.ZodType, value: unknown): string[] {
  const { error } = z.object({ it: schema }).safeParse({ it: value });
  return withoutRepetition(error?.issues ?? []).map((issue) => describeProblem(issue, { it: value }));
}

test('says in plain words what to pass', () => {
  const values = z.union([z.array(z.int()), z.int()]);
  for (const [schema, value, wanted] of [
    [z.int(), 'x', 'pass a number, not text'],
    [z.int(), 1.5, 'pass a whole number'],
    [z.int().max(5), 1e300, 'pass 5 or less'],
    [z.number().min(1), 0, 'pass 1 or more'],
    [z.number().positive(), 0, 'pass more than 0'],
    [z.number(), Infinity, 'pass a number'],
    [z.string(), ['x'], 'pass text, not a list'],
    [z.string().min(1), '', 'it is empty'],
    [z.string().max(2), 'abc', 'it has 3 characters; pass at most 2'],
    [z.boolean(), {}, 'pass true or false, not an object'],
    [z.array(z.string()), true, 'pass a list, not true or false'],
    [z.array(z.string()).min(1), [], 'the list is empty; pass at least one value'],
    [z.array(z.string()).max(1), ['a', 'b'], 'the list has 2 values; pass at most 1'],
    [z.enum(['a', 'b', 'c']), 'x', 'pass "a", "b" or "c"'],
    [z.literal('a'), 'x', 'pass "a"'],
    [values, 'x', 'pass a list or a number, not text'],
    [values, -0.5, 'pass a list or a whole number'],
    [values, ['x'], 'pass a number, not text'],
    [z.strictObject({}), 1, 'pass an object, not a number'],
    [z.record(z.string(), z.string()), null, 'pass an object, not null'],
  ] as const) {
    assert.deepEqual(problemsOf(schema, value), [`The parameter "it" is wrong: ${wanted}.`]);
  }
});

test('names a missing parameter, and the part of a parameter that is wrong', () => {
  assert.deepEqual(problemsOf(z.string(), undefined), ['The parameter "it" is missing.']);
  assert.deepEqual(problemsOf(z.record(z.string(), z.string()), { ['x'.repeat(300)]: 1 }), [
    `The parameter "it.${'x'.repeat(46)}…${'x'.repeat(50)}" is wrong: pass text, not a number.`,
  ]);
});
