import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { judge } from '../../src/policy/policy-verdict.ts';
import { ORDINARY, SUBCOMMANDS_TRIED, SUBCOMMANDS_UNTRIED } from './subcommands.ts';
import { HARMLESS, NOT_STOPPED, UNTRIED, WAYS_AROUND } from './ways-around.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(folder, 'bin');
mkdirSync(bin);
writeFileSync(join(bin, 'probe'), '#!/bin/sh\n: > "$PROBE_FILE"\n', { mode: 0o755 });

/** Whether `probe` runs when bash is given this. */
function runsProbe(line: string): boolean {
  const cwd = mkdtempSync(join(folder, 'cwd-'));
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    PROBE_FILE: join(cwd, 'probe-ran'),
    PROBE_BIN: bin,
    HOME: cwd,
    LC_ALL: 'C.UTF-8',
  };
  spawnSync('bash', ['-c', line], { cwd, env, timeout: 20_000, stdio: 'ignore' });
  return existsSync(env.PROBE_FILE);
}

function verdict(line: string): string | undefined {
  const lists = {
    allowed: { name: 'allowedCommands', patterns: [] },
    denied: { name: 'deniedCommands', patterns: ['^probe\\b'] },
  };
  return judge({ lists, command: line, shell: '/bin/bash', env: {}, wanted: 'start' });
}

const REFUSAL = /^The command policy (refuses|cannot judge) ".*\. [A-Z].*\.$/s;

for (const [means, lines] of Object.entries({ ...WAYS_AROUND, subcommands: SUBCOMMANDS_TRIED })) {
  describe(`a denied command is refused behind ${means}`, () => {
    for (const line of lines) {
      it(line, () => {
        assert.equal(runsProbe(line), true, 'bash does not run it: the row proves nothing');
        assert.match(verdict(line) ?? 'it may run', REFUSAL);
      });
    }
  });
}

describe('a denied command is refused behind programs that are not tried here', () => {
  for (const line of [...UNTRIED, ...SUBCOMMANDS_UNTRIED])
    it(line, () => assert.match(verdict(line) ?? 'it may run', REFUSAL));
});

describe('what only looks like a denied command may run', () => {
  for (const line of HARMLESS) {
    it(line, () => {
      assert.equal(runsProbe(line), false);
      assert.equal(verdict(line), undefined);
    });
  }
});

describe('programs with subcommands go on working', () => {
  for (const line of ORDINARY) it(line, () => assert.equal(verdict(line), undefined));
});

describe('other languages and files are not looked into, as the documents say', () => {
  for (const line of NOT_STOPPED) {
    it(line, () => {
      assert.equal(runsProbe(line), true);
      assert.equal(verdict(line), undefined);
    });
  }
});
