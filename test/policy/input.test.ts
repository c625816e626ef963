import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAY_RUN_INPUT, TAKES_DATA } from './input.ts';
import { ask } from './probe.ts';

const input = (command: string) => ask(command, { denied: ['^rm'] }, { wanted: 'input' });

describe('refuses input that may be run', () => {
  for (const command of MAY_RUN_INPUT) {
    it(command, () =>
      // Some of these must not even start.
      assert.match(
        input(command) ?? 'it may pass',
        /refuses input for .*as a job of its own|commands that cannot be checked/,
      ),
    );
  }
});

describe('allows input that is data', () => {
  for (const command of TAKES_DATA) it(command, () => assert.equal(input(command), undefined));
});

it('judges long scripts for sed and awk in time', () => {
  for (const part of ['[a]', '[]', '[', '"', '(/', 's/a/b/;', '{', ' ']) {
    for (const program of ["sed 's/", "sed '", "awk '/", "awk '"])
      input(`${program}${part.repeat(100_000 / part.length)}'`);
  }
});
