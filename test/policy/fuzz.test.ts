import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { judge } from '../../src/jobs/policy/judge.ts';
import { repeats } from '../support/repeats.ts';

/** What command lines are made of, those with a meaning of their own above all. */
const PIECES = [
  ...[
    'probe',
    'probe',
    'probe',
    'echo',
    'x',
    ' ',
    ' ',
    ' ',
    '\n',
    ';',
    '&',
    '&&',
    '|',
    '||',
    '!',
    '(',
    ')',
    '{ ',
    '; }',
  ],
  ...[
    '"',
    '"',
    "'",
    "'",
    '\\',
    '\\\n',
    '`',
    '`',
    '$(',
    '$(',
    '$((',
    '))',
    '((',
    '[[ ',
    ' ]]',
    '${x:-',
    '${x}',
    '}',
    '$x',
  ],
  ...[
    '$',
    "$'",
    '$"',
    '<<E\n',
    "<<'E'\n",
    '<<-E\n',
    '\nE\n',
    'E',
    '<<<',
    '<(',
    '>(',
    '>',
    '<',
    '2>&1',
    '#',
    ' #',
    '=',
  ],
  ...[
    'x=',
    'a[',
    ']',
    'a=(',
    'f() ',
    'f',
    'if ',
    '; then ',
    '; fi',
    'case x in x) ',
    ';; esac',
    'for x in 1; do ',
    '; done',
  ],
  ...[
    '~',
    '*',
    '?',
    '[',
    '@(',
    '!(',
    '{',
    ',',
    '}',
    '-',
    '1',
    '+',
    ':',
    'eval ',
    'exec ',
    'coproc ',
    'time ',
    'function ',
  ],
];

const folder = mkdtempSync(join(tmpdir(), 'test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(folder, 'bin');
const marker = join(folder, 'probe-ran');
mkdirSync(bin);
writeFileSync(join(bin, 'probe'), `#!/bin/sh\n: > '${marker}'\n`, { mode: 0o755 });

/** With nothing on PATH but `probe`: whatever the line is, it can do no harm. */
function runsProbe(shell: string, line: string): boolean {
  rmSync(marker, { force: true });
  const cwd = mkdtempSync(join(folder, 'cwd-'));
  spawnSync(shell, ['-c', line], { cwd, env: { PATH: bin, HOME: cwd }, timeout: 5000, stdio: 'ignore' });
  rmSync(cwd, { recursive: true });
  return existsSync(marker);
}

function mayRun(shell: string, line: string): boolean {
  const lists = {
    allowed: { name: 'allowedCommands', patterns: [] },
    denied: { name: 'deniedCommands', patterns: ['^probe'] },
  };
  return judge({ lists, command: line, shell, env: {}, wanted: 'start' }) === undefined;
}

const pieces = fc
  .array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 14 })
  .map((each) => each.join(''));
/** Most lines of chance are no command lines. These are, around the piece of chance. */
const framed = fc
  .tuple(
    pieces,
    fc.constantFrom('echo "@"', 'echo @', 'x=@', 'echo ${x:-@}', 'cat <<E\n@\nE\n', '$(@)', 'f() { @\n}; f'),
  )
  .map(([line, frame]) => frame.replace('@', () => line));

for (const shell of ['/bin/bash', '/bin/dash']) {
  const skip = !existsSync(shell) && `there is no ${shell}`;
  test(`of lines made by chance none runs a denied command in ${shell} that is let through`, { skip }, () => {
    let judged = 0;
    fc.assert(
      fc.property(fc.oneof(pieces, framed), (line) => {
        if (!line.includes('probe') || !mayRun(shell, line)) return;
        judged++;
        assert.equal(runsProbe(shell, line), false, line);
      }),
      { numRuns: repeats(200_000, 5000), endOnFailure: false },
    );
    assert.ok(judged > 20, `only ${judged} lines were let through`);
  });
}
