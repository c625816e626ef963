import type { MatcherContributions, MatcherDefinition } from './matcher-definition.ts';

/** The place in `file(line,column)` of Microsoft's compilers. */
const PLACE = String.raw`\((\d+|\d+,\d+|\d+,\d+,\d+,\d+)\)`;

/** The format of a compiler of Microsoft: `file(1,2): error CS0103: …`. */
function compilerPattern(name: string, code: string): MatcherContributions['patterns'][number] {
  return {
    name,
    regexp: String.raw`^(\S.*)${PLACE}:\s+(error|warning|info)\s+(${code}\d+)\s*:\s*(.*)$`,
    ...{ file: 1, location: 2, severity: 3, code: 4, message: 5 },
  };
}

/** The lines of a Python traceback from the last frame on, with so many lines between it and the exception. */
function traceback(between: readonly string[]): MatcherDefinition {
  return {
    name: 'python',
    owner: 'python',
    source: 'python',
    fileLocation: 'relative',
    pattern: [
      { regexp: String.raw`^\s*File "([^<"][^"]*)", line (\d+)`, file: 1, line: 2 },
      ...between.map((regexp) => ({ regexp })),
      {
        regexp: String.raw`^((?:[A-Za-z_]\w*\.)*[A-Z]\w*|KeyboardInterrupt|SystemExit)(?:$|: .*$)`,
        ...{ message: 0, code: 1 },
      },
    ],
  };
}

const SOURCE_LINE = String.raw`^\s{2,}\S`;
const MARKS = String.raw`^\s+[~^ ]*\^[~^ ]*$|^\s+~+\^*$`;

const TSC: MatcherDefinition = {
  name: 'tsc',
  owner: 'typescript',
  source: 'ts',
  applyTo: 'closedDocuments',
  fileLocation: ['relative', '${cwd}'],
  pattern: '$tsc',
};

const ESLINT = { owner: 'eslint', source: 'eslint', fileLocation: 'absolute' } as const;
const JSHINT = { owner: 'jshint', source: 'jshint', fileLocation: 'absolute' } as const;

/**
 * The matchers that VS Code and its TypeScript and C++ extensions define, with the same names, owners and file locations,
 * and two of our own: `$rustc` and `$python`. The expressions are written from the formats of the programs.
 */
export const BUILTIN_MATCHERS: MatcherContributions = {
  patterns: [
    {
      // src/a.ts(3,7): error TS2322: …, and with --pretty: src/a.ts:3:7 - error TS2322: …
      name: 'tsc',
      regexp: String.raw`^(\S.*)[(:](\d+)[,:](\d+)\)?(?::| -)\s+(error|warning|info)\s+TS(\d+)\s*:\s*(.*)$`,
      ...{ file: 1, line: 2, column: 3, severity: 4, code: 5, message: 6 },
    },
    {
      // Also without a place: MSBUILD : error MSB1009: …
      name: 'msCompile',
      regexp: String.raw`^\s*(?:\d+>)?\s*(\S.*?)(?:${PLACE})?\s*:\s+(?:\S+ +)?(fatal +error|error|warning|info)\s+(\w+\d)?\s*:\s*(.*)$`,
      ...{ file: 1, location: 2, severity: 3, code: 4, message: 5 },
    },
    compilerPattern('cpp', 'C'),
    compilerPattern('csc', 'CS'),
    compilerPattern('vb', 'BC'),
    {
      name: 'gulp-tsc',
      regexp: String.raw`^(\S.*)${PLACE}:\s+(\d+)\s+(.*)$`,
      ...{ file: 1, location: 2, code: 3, message: 4 },
    },
    {
      name: 'lessCompile',
      // A list, since a single pattern would have a column.
      patterns: [
        { regexp: String.raw`^\s*(\S.*) in file (.*) line no\. (\d+)$`, message: 1, file: 2, line: 3 },
      ],
    },
    {
      name: 'jshint',
      regexp: String.raw`^(.*): +line +(\d+), +col +(\d+), (.+?)(?: +\(([A-Z])(\d+)\))?$`,
      ...{ file: 1, line: 2, column: 3, message: 4, severity: 5, code: 6 },
    },
    {
      name: 'jshint-stylish',
      patterns: [
        { regexp: '^(.+)$', file: 1 },
        {
          regexp: String.raw`^ +line +(\d+) +col +(\d+) +(.+?)(?: +\(([A-Z])(\d+)\))?$`,
          ...{ line: 1, column: 2, message: 3, severity: 4, code: 5, loop: true },
        },
      ],
    },
    {
      name: 'eslint-compact',
      regexp: String.raw`^(.+): line (\d+), col (\d+), (Error|Warning|Info) - (.+) \((.+)\)$`,
      ...{ file: 1, line: 2, column: 3, severity: 4, message: 5, code: 6 },
    },
    {
      // The path of a file, and below it its problems: 3:7  error  'x' is not defined  no-undef
      name: 'eslint-stylish',
      patterns: [
        { regexp: String.raw`^((?:[A-Za-z]:)?[./\\].*)$`, file: 1 },
        {
          regexp: String.raw`^\s+(\d+):(\d+)\s+(error|warning|info)\s+(\S.*?)(?:\s{2,}(\S.*))?$`,
          ...{ line: 1, column: 2, severity: 3, message: 4, code: 5, loop: true },
        },
      ],
    },
    {
      // ./main.go:5:2: …, and vet: ./main.go:5:2: …
      name: 'go',
      regexp: String.raw`^(?:[^:]*: )?((?:[A-Za-z]:)?[^:]*):(\d+)(?::(\d+))?: (.*)$`,
      ...{ file: 1, line: 2, column: 3, message: 4 },
    },
    {
      name: 'gcc',
      regexp: String.raw`^(.+?):(\d+):(?:(\d+):)?\s+(?:fatal )?(error|warning):\s+(.*)$`,
      ...{ file: 1, line: 2, column: 3, severity: 4, message: 5 },
    },
    {
      // error[E0308]: mismatched types, and in the next line: --> src/main.rs:2:18
      name: 'rustc',
      patterns: [
        {
          regexp: String.raw`^(error|warning)(?:\[(\w+)\])?: (.*)$`,
          ...{ severity: 1, code: 2, message: 3 },
        },
        { regexp: String.raw`^\s*--> (.+):(\d+):(\d+)$`, file: 1, line: 2, column: 3 },
      ],
    },
  ],
  matchers: [
    TSC,
    {
      ...TSC,
      name: 'tsc-watch',
      background: {
        activeOnStart: true,
        beginsPattern: String.raw`^\s*\S.*\b(?:Starting compilation in watch mode|File change detected\. Starting incremental compilation)\.\.\.`,
        endsPattern: String.raw`^\s*\S.*\b(?:Compilation complete\.|Found \d+ errors?\.) Watching for file changes\.`,
      },
    },
    { name: 'eslint-stylish', ...ESLINT, pattern: '$eslint-stylish' },
    { name: 'eslint-compact', ...ESLINT, pattern: '$eslint-compact' },
    { name: 'go', owner: 'go', source: 'go', fileLocation: 'relative', pattern: '$go' },
    {
      name: 'gcc',
      ...{ owner: 'cpptools', source: 'gcc', fileLocation: ['autoDetect', '${cwd}'], pattern: '$gcc' },
    },
    {
      name: 'msCompile',
      ...{ owner: 'msCompile', source: 'cpp', fileLocation: 'absolute', pattern: '$msCompile' },
    },
    {
      name: 'lessCompile',
      ...{ owner: 'lessCompile', source: 'less', fileLocation: 'absolute', pattern: '$lessCompile' },
      severity: 'error',
    },
    {
      name: 'gulp-tsc',
      ...{ owner: 'typescript', source: 'ts', applyTo: 'closedDocuments', pattern: '$gulp-tsc' },
      fileLocation: 'relative',
    },
    { name: 'jshint', ...JSHINT, pattern: '$jshint' },
    { name: 'jshint-stylish', ...JSHINT, pattern: '$jshint-stylish' },
    { name: 'rustc', owner: 'rustc', source: 'rustc', fileLocation: 'relative', pattern: '$rustc' },
    traceback([SOURCE_LINE, MARKS]),
    traceback([SOURCE_LINE]),
    traceback([]),
    {
      // pytest: tests/test_a.py:5: AssertionError
      name: 'python',
      ...{ owner: 'python', source: 'python', fileLocation: 'relative' },
      pattern: { regexp: String.raw`^(\S.*\.py):(\d+): ([A-Z]\w*)$`, file: 1, line: 2, message: 3, code: 3 },
    },
  ],
};
