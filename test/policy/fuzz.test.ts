import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLong, repeats } from '../support/repeats.ts';
import { ask, installProbe } from './probe.ts';

/** Pieces of command lines, mostly with a special meaning. */
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
    '\r',
    '\t',
    '\v',
    '\u00a0',
    'é',
    '\\\\',
    '&>',
    '|&',
    '>&',
    '{x}>',
    ';;',
    ';&',
    'esac',
    'do ',
    'in ',
    '-v ',
    '+=(',
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

const probe = installProbe('probe', 'git-probe');

/** With only `probe` on PATH, no line can do harm. */
function runsProbe(shell: string, line: string): boolean {
  return probe.runs(line, { shell, path: probe.bin });
}

function mayRun(shell: string, line: string): boolean {
  return ask(line, { denied: ['^probe'] }, { shell }) === undefined;
}

/** Templates of commands, words, texts in double quotes, numbers and inert texts. `@c`, `@w`, `@d`, `@n` and `@t` are holes. */
const TEMPLATES = {
  c: [
    ...[
      'probe',
      'echo',
      ':',
      'echo @w',
      'echo @w @w',
      '@c; @c',
      '@c\n@c',
      '@c && @c',
      '@c || @c',
      '@c | @c',
      '! @c',
    ],
    ...[
      '( @c )',
      '{ @c; }',
      'if @c; then @c; fi',
      'case @w in @w) @c;; esac',
      'x=@w',
      'x=@w @c',
      '@c > @w',
      '@c # @t',
    ],
    ...[
      'echo <<E\n@d\nE\n',
      "echo <<'E'\n@t\nE\n",
      'echo <<-E\n\t@d\n\tE\n',
      'f() { @c\n}; f',
      'time @c',
      '@c &',
    ],
    ...[
      'for x in @w; do @c; done',
      '[[ -n @w ]]',
      '[[ x || @w ]]',
      ...[
        '[[ x =~ @w ]]',
        '[[ x =~ (@t) ]]',
        '[[ @w -eq @n ]]',
        '[[ -v @w ]]',
        'for ((@n;@n;@n)); do @c; break; done',
        'coproc @c',
      ],
      ...[
        'a+=(@w)',
        'a=([@n]=@w)',
        'a=(@w)@w',
        'x=@w; echo $((x))',
        'x=@w; eval "$x"',
        'declare -a "x=@d"',
        'x=@w; $x',
        'let @w',
      ],
      ...[
        'printf -v @w 1',
        'test -v @w',
        'unset @w',
        'read @w <<< @w',
        '"@d"',
        '@w',
        'select x in @w; do @c; break; done <<< 1',
      ],
      '[[ x == @w || -n @w ]]',
      '((@n))',
      'eval @w',
      'echo <<< @w',
      '>@w @c',
    ],
    ...[
      'a=(@w @w)',
      'a[@n]=@w',
      'export x=@w',
      'trap @w EXIT',
      'exec @c',
      'command @c',
      'set -- @w',
      'declare x=@w',
    ],
  ],
  w: [
    ...[
      'x',
      'probe',
      '"@d"',
      "'@t'",
      '$(@c)',
      '$(@c\n)',
      '${x:-@w}',
      '"${x:-@d}"',
      '${x#@w}',
      '$((@n))',
      '<(@c)',
    ],
    ...[
      '${x:=@w}',
      '${x/@w/@w}',
      '${a[@n]}',
      '${x:@n}',
      '\\$(echo\\)',
      "$'@t'",
      '$"@d"',
      '@w@w',
      '$[@n]',
      '`probe`',
      '${!x}',
    ],
  ],
  d: [
    'x',
    'probe',
    '$(@c)',
    "'@t'",
    '\\"@t\\"',
    '\\$(@t)',
    '${x:-@w}',
    '@d; @d',
    '#@d',
    '$((@n))',
    '\\`@t\\`',
    '@d\n@d',
  ],
  n: ['1', 'x', 'probe', '1+@n', '(@n)', '$(@c)', '${x:-@n}', 'a[@n]', '@n ? @n : @n', '"@n"', 'x=@n'],
  t: [
    'x',
    'probe',
    '; probe',
    '$(probe)',
    '(',
    ')',
    '#',
    'E',
    '|| probe',
    '\nprobe',
    'a[$(probe)]',
    '($(probe))',
    '@t@t',
  ],
};

type Kind = keyof typeof TEMPLATES;

/** Command lines from nested templates. bash accepts most of them. */
const grown: Record<Kind, fc.Arbitrary<string>> = fc.letrec<Record<Kind, string>>((tie) => {
  const kind = (name: Kind): fc.Arbitrary<string> => {
    const filled = TEMPLATES[name].map((template) => {
      const holes = [...template.matchAll(/@([cwdnt])/g)].map(([, hole]) => tie(hole as Kind));
      return fc.tuple(...holes).map((texts) => {
        const left = [...texts];
        return template.replace(/@[cwdnt]/g, () => String(left.shift()));
      });
    });
    const [shortest, ...others] = filled;
    return fc.oneof({ depthSize: 'small', withCrossShrink: true }, shortest!, ...others);
  };
  return { c: kind('c'), w: kind('w'), d: kind('d'), n: kind('n'), t: kind('t') };
});

const pieces = fc
  .array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 14 })
  .map((each) => each.join(''));
/** Command lines with an extra piece, or with a character missing. */
const broken = fc.tuple(grown.c, fc.nat(), fc.constantFrom('', ...PIECES)).map(([line, seed, piece]) => {
  const at = seed % (line.length + 1);
  return line.slice(0, at) + piece + line.slice(piece === '' ? at + 1 : at);
});
const lines = fc.oneof({ arbitrary: grown.c, weight: 4 }, { arbitrary: broken, weight: 3 }, pieces);

for (const shell of ['/bin/bash', '/bin/dash']) {
  const skip = !existsSync(shell) && `${shell} is not installed`;
  // Promise: policy-hidden-command
  test(`refuses each random line that runs a denied command in ${shell}`, { skip }, () => {
    let judged = 0;
    fc.assert(
      fc.property(lines, (line) => {
        if (!line.includes('probe') || !mayRun(shell, line)) return;
        judged++;
        assert.equal(runsProbe(shell, line), false, line);
      }),
      // The short run repeats the same lines. The long run searches for new ones.
      { numRuns: repeats(200_000, 1500), endOnFailure: false, ...(!isLong && { seed: 1 }) },
    );
    assert.ok(judged > 10, `only ${judged} lines were allowed`);
  });
}

/** Words of commands that reach `git probe` or `make probe` behind options. */
const OPTION_WORDS =
  'probe probe git-probe git make env nice xargs timeout bash sh flock command exec log -C . -c color.ui=never -- -u X -n 5 -p -P --no-pager --git-dir=x --work-tree x --bare --namespace --literal-pathspecs -s -j 2 -f Makefile A=1 -B -k --no-print-directory "-C" $y "$z" -e "git probe"'.split(
    / (?!probe")/,
  );
const optionLines = fc
  .tuple(
    fc.constantFrom('git', 'make', 'env', 'nice', 'xargs git', 'y=probe; z=-C; git'),
    fc.array(fc.constantFrom(...OPTION_WORDS), { minLength: 1, maxLength: 6 }),
  )
  .map(([start, words]) => [start, ...words].join(' '));

test('refuses each random line whose options hide a denied subcommand', () => {
  const denied = ['^(git|make) probe( |$)', '^probe'];
  const prepare = (cwd: string): void => writeFileSync(join(cwd, 'Makefile'), 'probe:\n\tprobe\n');
  let judged = 0;
  fc.assert(
    fc.property(optionLines, (line) => {
      if (!line.includes('probe') || ask(line, { denied }) !== undefined) return;
      judged++;
      assert.equal(probe.runs(`${line} < /dev/null`, { prepare }), false, line);
    }),
    { numRuns: repeats(50_000, 500), endOnFailure: false, ...(!isLong && { seed: 1 }) },
  );
  assert.ok(judged > 10, `only ${judged} lines were allowed`);
});
