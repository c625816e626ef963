import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MatcherError } from './matcher-error.ts';
import { MatcherRegistry } from './matcher-registry.ts';

const registry = new MatcherRegistry();

test('knows the matchers of VS Code and our own, with and without $', () => {
  for (const name of registry.names) {
    assert.ok(registry.resolve([`$${name}`]).length > 0);
    assert.deepEqual(registry.resolve([name]), registry.resolve([`$${name}`]));
  }
  const [tsc] = registry.resolve(['$tsc']);
  assert.deepEqual(
    [tsc?.name, tsc?.owner, tsc?.source, tsc?.applyTo, tsc?.fileLocation],
    ['$tsc', 'typescript', 'ts', 'closedDocuments', { kind: 'relative', prefix: '${cwd}' }],
  );
});

test('changes a base', () => {
  const [based] = registry.resolve([{ base: '$tsc', owner: 'mine', fileLocation: ['relative', '/x'] }]);
  const [base] = registry.resolve(['$tsc']);
  assert.deepEqual(
    [based?.name, based?.owner, based?.fileLocation, based?.patterns, based?.source],
    [undefined, 'mine', { kind: 'relative', prefix: '/x' }, base?.patterns, 'ts'],
  );
});

test('prefers the matchers of extensions', () => {
  const matcher = { name: 'tsc', owner: 'other', pattern: '$mine' };
  const own = new MatcherRegistry({
    patterns: [{ name: 'mine', regexp: '^(.*):(\\d+) (.*)$', message: 3 }],
    matchers: [matcher],
  });
  assert.equal(own.resolve(['$tsc'])[0]?.owner, 'other');
  assert.equal(own.resolve(['$go'])[0]?.owner, 'go');
});

test('fills in the groups that VS Code does', () => {
  const groups = (pattern: unknown): unknown => {
    const { regexp: _, ...rest } = registry.resolve([{ pattern }])[0]!.patterns[0]!;
    return rest;
  };
  assert.deepEqual(groups({ regexp: 'x' }), { file: 1, line: 2, column: 3, message: 0 });
  assert.deepEqual(groups({ regexp: 'x', location: 2 }), { file: 1, location: 2, message: 0 });
  assert.deepEqual(groups({ regexp: 'x', kind: 'file' }), { file: 1, kind: 'file', message: 0 });
});

const errors: readonly (readonly [what: string, reference: unknown, expected: RegExp])[] = [
  [
    'an unknown name',
    '$tsc-wacth',
    /^There is no problem matcher "\$tsc-wacth"\. Similar ones: \$tsc-watch, .*\.$/,
  ],
  ['a part of a name', 'eslint', /Similar ones: .*\$eslint-compact, \$eslint-stylish/],
  [
    'an invalid expression',
    { pattern: { regexp: '(' } },
    /^The pattern is not a valid regular expression: "\(": Unterminated group\. Correct it\.$/,
  ],
  ['no pattern', {}, /has no "pattern"/],
  ['an unknown pattern', { pattern: '$nothing' }, /There is no problem pattern "\$nothing"/],
  ['a pattern without a line', { pattern: [{ regexp: 'x', file: 1, message: 0 }] }, /"line" or "location"/],
  ['a pattern without a file', { pattern: [{ regexp: 'x', line: 1, message: 0 }] }, /"file"/],
  [
    'an early loop',
    {
      pattern: [
        { regexp: 'x', file: 1, message: 0, loop: true },
        { regexp: 'y', line: 1 },
      ],
    },
    /Only the last pattern can have "loop"/,
  ],
  [
    'no endsPattern',
    { base: '$tsc', background: { beginsPattern: 'x' } },
    /^"background" has no endsPattern\. Give both/,
  ],
  [
    'an invalid endsPattern',
    { base: '$tsc', background: { beginsPattern: 'x', endsPattern: { regexp: '[' } } },
    /^The endsPattern is not a valid regular expression: "\[": Unterminated character class/,
  ],
  ['a wrong location', { base: '$tsc', fileLocation: 'here' }, /"here" is not a file location/],
  ['a number', 5, /"5" is not a problem matcher/],
];

for (const [what, reference, expected] of errors) {
  test(`explains ${what}`, () => {
    assert.throws(
      () => registry.resolve([reference]),
      (error) => {
        assert.ok(error instanceof MatcherError);
        assert.match(error.message, expected);
        return true;
      },
    );
  });
}

test('explains matchers that are based on each other', () => {
  const matchers = [
    { name: 'a', base: '$b' },
    { name: 'b', base: '$a' },
  ];
  assert.throws(() => new MatcherRegistry({ patterns: [], matchers }).resolve(['$a']), /\$a → \$b → \$a/);
});
