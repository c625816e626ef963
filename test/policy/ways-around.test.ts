import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ask, installProbe } from './probe.ts';
import { ORDINARY, SUBCOMMANDS_TRIED, SUBCOMMANDS_UNTRIED } from './subcommands.ts';
import { HARMLESS, NOT_STOPPED, TIMED, UNTRIED, WAYS_AROUND } from './ways-around.ts';

const probe = installProbe('probe');

function verdict(line: string): string | undefined {
  return ask(line, { denied: ['^probe\\b'] });
}

const REFUSAL = /^The command policy (refuses|cannot judge) ".*\. [A-Z].*\.$/s;

for (const [means, lines] of Object.entries({ ...WAYS_AROUND, subcommands: SUBCOMMANDS_TRIED })) {
  describe(`refuses a denied command that uses ${means}`, () => {
    for (const line of lines) {
      it(line, () => {
        assert.ok(probe.runs(line), 'bash does not run the command: the row proves nothing');
        assert.match(verdict(line) ?? 'it may run', REFUSAL);
      });
    }
  });
}

describe('refuses a denied command behind the program time', () => {
  for (const line of TIMED) {
    it(line, () => {
      if (existsSync('/usr/bin/time')) assert.ok(probe.runs(line));
      assert.match(verdict(line) ?? 'it may run', REFUSAL);
    });
  }
});

describe('refuses a denied command behind programs that this test does not run', () => {
  for (const line of [...UNTRIED, ...SUBCOMMANDS_UNTRIED])
    it(line, () => assert.match(verdict(line) ?? 'it may run', REFUSAL));
});

describe('allows a line that only resembles a denied command', () => {
  for (const line of HARMLESS) {
    it(line, () => {
      assert.equal(probe.runs(line), false);
      assert.equal(verdict(line), undefined);
    });
  }
});

describe('allows everyday uses of programs with subcommands', () => {
  for (const line of ORDINARY) it(line, () => assert.equal(verdict(line), undefined));
});

describe('does not check other languages and files, as the documentation says', () => {
  for (const line of NOT_STOPPED) {
    it(line, () => {
      assert.ok(probe.runs(line));
      assert.equal(verdict(line), undefined);
    });
  }
});
