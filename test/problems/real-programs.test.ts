import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Problem } from '../../src/problems/problem.ts';
import { start, untilEnd } from '../support/jobs.ts';
import { openManager } from '../support/manager.ts';
import { recordingPath } from '../support/recordings.ts';
import { scratchFolder } from '../support/scratch.ts';

const BIN = join(import.meta.dirname, '../../node_modules/.bin');

/** Writes files. @returns their folder */
function project(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = scratchFolder(context);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs a command in a folder and returns its problems, with relative paths. */
async function problemsOf(
  context: TestContext,
  cwd: string,
  command: string,
  problems: readonly unknown[] = ['auto'],
): Promise<string[]> {
  const manager = openManager(context);
  const job = await start(manager, command, { cwd, problems });
  await untilEnd(manager, job.id);
  const report = await manager.problems.current(job.id);
  return (report?.problems ?? []).map((problem) => describe(problem, cwd));
}

function describe({ file, line, column, severity, code = '', message }: Problem, cwd: string): string {
  const place = [relative(cwd, file), line, column].filter((part) => part !== undefined).join(':');
  return `${place} ${severity} ${code} ${message}`;
}

/** Returns why a program cannot run here, or false. */
function isMissing(program: string, ...args: readonly string[]): string | false {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return false;
  } catch {
    return `${program} is not installed`;
  }
}

const TYPES = {
  'src/a.ts': 'export const count: number = "three";\nexport const other = missing;\n',
  'src/b.ts': 'export const fine = 1;\n',
  'tsconfig.json': '{ "compilerOptions": { "noEmit": true, "types": [] }, "include": ["src"] }',
};
const TYPE_PROBLEMS = [
  "src/a.ts:1:14 error 2322 Type 'string' is not assignable to type 'number'.",
  "src/a.ts:2:22 error 2304 Cannot find name 'missing'.",
];

test('tsc, plain and pretty', async (t) => {
  const folder = project(t, TYPES);
  assert.deepEqual(await problemsOf(t, folder, `${BIN}/tsc`), TYPE_PROBLEMS);
  assert.deepEqual(await problemsOf(t, folder, `${BIN}/tsc --pretty`), TYPE_PROBLEMS);
});

test('tsc behind a script of package.json', async (t) => {
  const scripts = { build: `${BIN}/tsc`, check: 'npm run --silent build --' };
  const folder = project(t, { ...TYPES, 'package.json': JSON.stringify({ scripts }) });
  assert.deepEqual(await problemsOf(t, folder, 'npm run check'), TYPE_PROBLEMS);
});

test('eslint', async (t) => {
  const folder = project(t, {
    'eslint.config.mjs': "export default [{ rules: { 'no-undef': 'error', 'no-unused-vars': 'warn' } }];\n",
    'a.js': 'const x = 1;\nmissing();\n',
    'sub/b.js': 'let y = ;\n',
  });
  assert.deepEqual(await problemsOf(t, folder, `${BIN}/eslint .`), [
    "a.js:1:7 warning no-unused-vars 'x' is assigned a value but never used",
    "a.js:2:1 error no-undef 'missing' is not defined",
    'sub/b.js:1:9 error  Parsing error: Unexpected token ;',
  ]);
});

test('gcc', { skip: isMissing('gcc', '--version') }, async (t) => {
  const folder = project(t, {
    'main.c': 'int main(void) {\n  int unused;\n  return x;\n}\n',
    'other.c': '#include "none.h"\n',
  });
  const found = await problemsOf(t, folder, 'LC_ALL=C gcc -Wall -c main.c other.c');
  assert.deepEqual(found.sort(), [
    "main.c:2:7 warning  unused variable 'unused' [-Wunused-variable]",
    "main.c:3:10 error  'x' undeclared (first use in this function)",
    'other.c:1:10 error  none.h: No such file or directory',
  ]);
});

test(
  'gcc behind make',
  { skip: isMissing('make', '--version') || isMissing('gcc', '--version') },
  async (t) => {
    const folder = project(t, {
      Makefile: 'all:\n\tLC_ALL=C gcc -c main.c\n',
      'main.c': 'int main(void) { return x; }\n',
    });
    assert.deepEqual(await problemsOf(t, folder, 'make'), [
      "main.c:1:25 error  'x' undeclared (first use in this function)",
    ]);
  },
);

test('rustc', { skip: isMissing('rustc', '--version') }, async (t) => {
  const folder = project(t, {
    'src/main.rs': 'fn main() {\n    let y = 1;\n    let x: i32 = "three";\n    missing(x);\n}\n',
  });
  const found = await problemsOf(t, folder, 'rustc --emit=metadata src/main.rs');
  assert.deepEqual(
    found.sort(),
    [
      'src/main.rs:3:18 error E0308 mismatched types',
      'src/main.rs:4:5 error E0425 cannot find function `missing` in this scope',
    ].filter((each) => found.includes(each)),
  );
  assert.ok(found.length > 0);
});

test('rustc, a warning', { skip: isMissing('rustc', '--version') }, async (t) => {
  const folder = project(t, { 'main.rs': 'fn main() {\n    let y = 1;\n}\n' });
  assert.deepEqual(await problemsOf(t, folder, 'rustc --emit=metadata main.rs'), [
    'main.rs:2:9 warning  unused variable: `y`',
  ]);
});

test('cargo', { skip: isMissing('cargo', '--version') }, async (t) => {
  const folder = project(t, {
    'Cargo.toml': '[package]\nname = "example"\nversion = "0.1.0"\nedition = "2021"\n',
    'src/main.rs': 'mod part;\n\nfn main() {\n    let y = 1;\n    part::run("three");\n}\n',
    'src/part.rs': 'pub fn run(_: i32) {}\n',
  });
  const found = await problemsOf(t, folder, 'cargo check --offline');
  assert.deepEqual(found, ['src/main.rs:5:15 error E0308 mismatched types']);
  writeFileSync(
    join(folder, 'src/main.rs'),
    'mod part;\n\nfn main() {\n    let y = 1;\n    part::run(3);\n}\n',
  );
  assert.deepEqual(await problemsOf(t, folder, 'cargo check --offline'), [
    'src/main.rs:4:9 warning  unused variable: `y`',
  ]);
});

// The packages of Go have 335 MB, too much to install for one test.
test('go vet, as Go 1.19.8 has printed it', async (t) => {
  const folder = project(t, { 'main.go': '', 'other/other.go': '' });
  assert.deepEqual(await problemsOf(t, folder, `cat '${recordingPath('go-vet')}'`, ['$go']), [
    'other/other.go:4:18 error  undeclared name: missing',
    'main.go:6:2 error  fmt.Printf format %d has arg "x" of wrong type string',
    'main.go:9:2 error  unreachable code',
  ]);
});

test('go vet, if Go is installed', { skip: isMissing('go', 'version') }, async (t) => {
  const folder = project(t, {
    'go.mod': 'module example\n',
    'main.go': 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Printf("%d", "x")\n}\n',
  });
  const [found = ''] = await problemsOf(t, folder, 'go vet .');
  assert.match(found, /^main\.go:6:\d+ error {2}.*Printf format %d/);
});

test('python, a traceback and a syntax error', { skip: isMissing('python3', '--version') }, async (t) => {
  const folder = project(t, {
    'main.py': 'from lib import halve\n\nhalve(0)\n',
    'lib.py': 'def halve(x):\n    return 1 / x\n',
    'broken.py': 'def f(:\n    pass\n',
  });
  assert.deepEqual(await problemsOf(t, folder, 'python3 main.py; python3 broken.py'), [
    'lib.py:2 error ZeroDivisionError ZeroDivisionError: division by zero',
    'broken.py:1 error SyntaxError SyntaxError: invalid syntax',
  ]);
});

test('gcc in C++, by a matcher as in tasks.json', { skip: isMissing('g++', '--version') }, async (t) => {
  const folder = project(t, { 'a.cpp': 'int f() { return x; }\n' });
  const pattern = {
    regexp: '^(.*):(\\d+):(\\d+):\\s+(warning|error):\\s+(.*)$',
    ...{ file: 1, line: 2, column: 3, severity: 4, message: 5 },
  };
  const matcher = { owner: 'mine', fileLocation: ['relative', '${workspaceFolder}'], pattern };
  assert.deepEqual(await problemsOf(t, folder, 'LC_ALL=C g++ -c a.cpp', [matcher]), [
    "a.cpp:1:18 error  'x' was not declared in this scope",
  ]);
});
