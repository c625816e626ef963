import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblems, scanText } from '../../test/support/problem-scan.ts';

const cases: readonly (readonly [
  name: string,
  matcher: string,
  output: string,
  expected: readonly string[],
])[] = [
  [
    'tsc',
    '$tsc',
    'src/a.ts(3,7): error TS2322: Type "x" is wrong.\nsrc/b.ts:1:2 - error TS1005: \';\' expected.\n\n1 let\n',
    ['/project/src/a.ts:3:7 error 2322 Type "x" is wrong.', "/project/src/b.ts:1:2 error 1005 ';' expected."],
  ],
  [
    'eslint, stylish',
    '$eslint-stylish',
    "\n/p/a.js\n  1:7  error    'x' is never used  no-unused-vars\n  2:1  warning  Unexpected console\n\n/p/b.js\n  4:1  error  Parsing error: x\n\n✖ 3 problems (2 errors, 1 warning)\n",
    [
      "/p/a.js:1:7 error no-unused-vars 'x' is never used",
      '/p/a.js:2:1 warning Unexpected console',
      '/p/b.js:4:1 error Parsing error: x',
    ],
  ],
  [
    'eslint, compact',
    '$eslint-compact',
    "/p/a.js: line 1, col 7, Error - 'x' is unused. (no-unused-vars)\n",
    ["/p/a.js:1:7 error no-unused-vars 'x' is unused."],
  ],
  [
    'gcc',
    '$gcc',
    'a.c: In function ‘main’:\na.c:2:10: error: ‘x’ undeclared\n    2 |   return x;\na.c:2:10: note: once\nb.c:1:10: fatal error: x.h: No such file\nc.c:3: warning: old\n',
    [
      '/project/a.c:2:10 error ‘x’ undeclared',
      '/project/b.c:1:10 error x.h: No such file',
      '/project/c.c:3 warning old',
    ],
  ],
  [
    'rustc',
    '$rustc',
    'error[E0308]: mismatched types\n --> src/main.rs:2:18\n  |\nwarning: unused variable: `y`\n  --> src/lib.rs:12:9\nerror: could not compile `x`\n',
    [
      '/project/src/main.rs:2:18 error E0308 mismatched types',
      '/project/src/lib.rs:12:9 warning unused variable: `y`',
    ],
  ],
  [
    'python',
    '$python',
    'Traceback (most recent call last):\n  File "/p/a.py", line 4, in <module>\n    f()\n  File "/p/a.py", line 2, in f\n    raise ValueError("bad")\nValueError: bad\n',
    ['/p/a.py:2 error ValueError ValueError: bad'],
  ],
  [
    'python with marks',
    '$python',
    '  File "b.py", line 1\n    def f(\n         ^\nSyntaxError: \'(\' was never closed\n  File "c.py", line 3, in g\n    return 1 / 0\n           ~~^~~\nZeroDivisionError: division by zero\n',
    [
      "/project/b.py:1 error SyntaxError SyntaxError: '(' was never closed",
      '/project/c.py:3 error ZeroDivisionError ZeroDivisionError: division by zero',
    ],
  ],
  [
    'go',
    '$go',
    '# example\n./main.go:5:2: undefined: x\nvet: ./main.go:6:3: wrong\nmain.go:7: old\n',
    [
      '/project/main.go:5:2 error undefined: x',
      '/project/main.go:6:3 error wrong',
      '/project/main.go:7 error old',
    ],
  ],
  [
    'msCompile',
    '$msCompile',
    '  1>/p/a.cs(3,5): error CS0103: no name [/p/a.csproj]\n/p/b.cpp(4): warning C4996: old\nMSBUILD : error MSB1009: missing\n',
    [
      '/p/a.cs:3:5 error CS0103 no name [/p/a.csproj]',
      '/p/b.cpp:4 warning C4996 old',
      '/project/MSBUILD error MSB1009 missing',
    ],
  ],
  [
    'jshint',
    '$jshint',
    '/p/a.js: line 3, col 5, Missing semicolon. (W033)\n',
    ['/p/a.js:3:5 warning 033 Missing semicolon.'],
  ],
  [
    'jshint, stylish',
    '$jshint-stylish',
    '/p/a.js\n  line 3  col 5  Missing semicolon.  (W033)\n  line 4  col 1  Bad.  (E001)\n',
    ['/p/a.js:3:5 warning 033 Missing semicolon.', '/p/a.js:4:1 error 001 Bad.'],
  ],
  ['less', '$lessCompile', 'Broken in file /p/a.less line no. 4\n', ['/p/a.less:4 error Broken']],
  ['gulp-tsc', '$gulp-tsc', 'a.ts(1,2): 2304 No name\n', ['/project/a.ts:1:2 error 2304 No name']],
];

for (const [name, matcher, output, expected] of cases) {
  test(`finds the problems of ${name}`, (t) => {
    assert.deepEqual(describeProblems(scanText(t, output, [matcher])), expected);
  });
}

test('takes the range, the severity and the code from the groups', (t) => {
  const pattern = {
    regexp: '^(\\w+) (.*) ([EWI])(\\d+) (.*)$',
    file: 1,
    location: 2,
    severity: 3,
    code: 4,
    message: 5,
  };
  const events = scanText(t, 'a 1,2,3,4 W7 text\nb 5 I1 x\nc none E1 y\n', [{ pattern, owner: 'x' }]);
  const problems = events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []));
  assert.deepEqual(
    problems.map(({ file, cursor: _, matcher: __, ...rest }) => ({ file, ...rest })),
    [
      {
        ...{ file: '/project/a', line: 1, column: 2, endLine: 3, endColumn: 4 },
        ...{ severity: 'warning', code: '7', message: 'text' },
      },
      { file: '/project/b', line: 5, severity: 'info', code: '1', message: 'x' },
    ],
  );
});

test('joins messages of several lines, and uses the default severity', (t) => {
  const pattern = [
    { regexp: '^FAIL (.*)$', message: 1 },
    { regexp: '^ at (.*):(\\d+)$', file: 1, line: 2 },
    { regexp: '^ (.*)$', message: 1 },
  ];
  const events = scanText(t, 'FAIL one\n at a.js:3\n expected 1\n', [{ pattern, severity: 'warning' }]);
  assert.deepEqual(describeProblems(events), ['/project/a.js:3 warning one\nexpected 1']);
});

test('takes the matcher with most lines, and each line once', (t) => {
  const long = {
    pattern: [
      { regexp: '^a (.*)$', file: 1, message: 0 },
      { regexp: '^b (\\d+)$', line: 1 },
    ],
  };
  const short = { pattern: { regexp: '^b (\\d+)$', file: 1, line: 1, message: 0 } };
  const events = scanText(t, 'a x\nb 1\nb 2\n', [short, long]);
  assert.deepEqual(describeProblems(events), ['/project/x:1 error a x', '/project/2:2 error b 2']);
});

test('finds problems of whole files', (t) => {
  const events = scanText(t, 'bad: a.js\n', [{ pattern: { regexp: '^bad: (.*)$', kind: 'file' } }]);
  assert.deepEqual(describeProblems(events), ['/project/a.js error bad: a.js']);
});
