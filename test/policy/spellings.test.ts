import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { ask, installProbe } from './probe.ts';
import {
  ALSO_ALLOWED,
  NOT_ALLOWED,
  NOT_THE_SAME,
  OTHER_SPELLINGS,
  OTHER_SPELLINGS_UNTRIED,
} from './spellings.ts';
import { NPM_TRIED } from './subcommands.ts';

const probe = installProbe('probe', 'git-probe');
const path = `${probe.bin}:${process.env.PATH ?? ''}`;

/** Makes files with which npm, make and docker run `probe`. */
function prepare(cwd: string): void {
  const scripts = { ok: 'true', node: 'node -e 1', probe: 'probe', test: 'probe', prepack: 'probe' };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }));
  writeFileSync(join(cwd, 'Makefile'), 'ok:\n\ttrue\nprobe:\n\tprobe\n');
  const plugins = join(cwd, '.docker/cli-plugins');
  mkdirSync(plugins, { recursive: true });
  // docker asks a plugin for its metadata before it runs it.
  const metadata = '{"SchemaVersion":"0.1.0","Vendor":"x"}';
  writeFileSync(
    join(plugins, 'docker-probe'),
    `#!/bin/sh\nif [ "$1" = docker-cli-plugin-metadata ]; then echo '${metadata}'; else exec probe; fi\n`,
    { mode: 0o755 },
  );
}

function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path } }).status === 0;
}

const REFUSAL = /^The command policy (refuses|cannot judge) ".*\. [A-Z].*\.$/s;

for (const [pattern, lines] of Object.entries(OTHER_SPELLINGS)) {
  const program = /[a-z]+/.exec(pattern)![0];
  const skip = !isInstalled(program) && `${program} is not installed`;
  describe(`denying ${pattern} refuses other spellings`, { skip }, () => {
    for (const line of lines) {
      it(line, () => {
        assert.ok(
          probe.runs(line, { path, prepare }),
          'the line does not run the command: the row proves nothing',
        );
        assert.match(ask(line, { denied: [pattern] }) ?? 'it may run', REFUSAL);
      });
    }
  });
}

describe(
  'refuses options of npm that name a program',
  {
    skip: !isInstalled('npm') && 'npm is not installed',
  },
  () => {
    for (const line of NPM_TRIED) {
      it(line, () => {
        assert.ok(
          probe.runs(line, { path, prepare }),
          'the line does not run the command: the row proves nothing',
        );
        assert.match(ask(line, { denied: ['^probe( |$)'] }) ?? 'it may run', REFUSAL);
      });
    }
  },
);

for (const [pattern, lines] of Object.entries(OTHER_SPELLINGS_UNTRIED)) {
  describe(`denying ${pattern} refuses other spellings that this machine cannot run`, () => {
    for (const line of lines)
      it(line, () => assert.match(ask(line, { denied: [pattern] }) ?? 'it may run', REFUSAL));
  });
}

for (const [pattern, lines] of Object.entries(NOT_THE_SAME)) {
  describe(`denying ${pattern} does not refuse other commands`, () => {
    for (const line of lines) it(line, () => assert.equal(ask(line, { denied: [pattern] }), undefined));
  });
}

for (const [pattern, lines] of Object.entries(ALSO_ALLOWED)) {
  describe(`allowing ${pattern} allows other spellings`, () => {
    for (const line of lines) it(line, () => assert.equal(ask(line, { allowed: [pattern] }), undefined));
  });
}

for (const [pattern, lines] of Object.entries(NOT_ALLOWED)) {
  describe(`allowing ${pattern} does not allow other commands`, () => {
    for (const line of lines)
      it(line, () => assert.match(ask(line, { allowed: [pattern] }) ?? 'it may run', REFUSAL));
  });
}

test('a refusal names the spelling that the pattern matches', () => {
  assert.equal(
    ask('env git -C . push', { denied: ['^git push( |$)'] }),
    'The command policy refuses "git -C . push" (in "env git -C . push"): deniedCommands has /^git push( |$)/, ' +
      'which matches it as "git push". Do without it, or ask the user to change that list.',
  );
});

test('a command with very many options is judged in time or refused', () => {
  for (const line of [
    `docker ${'-a compose '.repeat(6000)}`,
    `make ${'-Q x '.repeat(20_000)}`,
    `kubectl ${'-n config '.repeat(6000)}`,
  ]) {
    assert.match(ask(line, { denied: ['^probe'] }) ?? 'it may run', /too many options/);
  }
  assert.equal(ask(`make ${'-j4 X=1 '.repeat(10_000)}`, { denied: ['^probe'] }), undefined);
});
