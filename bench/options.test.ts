import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions, UsageError } from './options.ts';

const parse = (...argv: string[]) => parseOptions(argv, ['a', 'b', 'c'], ['x', 'y']);

test('selects peers and rows by name, in the order of the table', () => {
  assert.deepEqual(parse('--peers', 'c, a', '--rounds', '5', '--quick'), {
    rounds: 5,
    peers: ['a', 'c'],
    rows: ['x', 'y'],
    json: undefined,
    report: undefined,
    scale: 'quick',
  });
  assert.equal(parse('--tenfold')?.scale, 'tenfold');
  assert.equal(parse()?.scale, 'full');
  assert.equal(parse('--help'), undefined);
});

test('refuses unknown names and lists the known ones', () => {
  assert.throws(
    () => parse('--rows', 'z'),
    (error) => error instanceof UsageError && error.message.includes('x, y'),
  );
  for (const rounds of ['0', '1.5', 'many']) assert.throws(() => parse('--rounds', rounds), UsageError);
  assert.throws(() => parse('--fast'), UsageError);
  assert.throws(() => parse('--quick', '--tenfold'), UsageError);
});
