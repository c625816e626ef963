import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { automaticMatchers } from './automatic-matchers.ts';

const commands: Readonly<Record<string, readonly string[]>> = {
  'tsc -p .': ['$tsc'],
  'tsc --watch': ['$tsc-watch'],
  'npx tsc -w': ['$tsc-watch'],
  'npx --yes tsc': ['$tsc'],
  './node_modules/.bin/tsc': ['$tsc'],
  'node node_modules/typescript/bin/tsc.js': ['$tsc'],
  'pnpm exec tsc': ['$tsc'],
  'yarn tsc': ['$tsc'],
  'cd sub && NODE_ENV=test eslint . ; true': ['$eslint-stylish'],
  'eslint -f compact .': ['$eslint-compact'],
  'tsc && eslint .': ['$tsc', '$eslint-stylish'],
  'gcc a.c': ['$gcc'],
  'x86_64-linux-gnu-g++-12 a.cpp': ['$gcc'],
  'make -j4 2>&1 | tee log': ['$gcc'],
  'time nice -n 5 cargo build': ['$rustc'],
  'timeout 60 go vet ./...': ['$go'],
  'python3.11 -m pytest': ['$python'],
  'uv run pytest': ['$python'],
  'dotnet build': ['$msCompile'],
  'npm run build': ['$tsc', '$eslint-stylish'],
  'npm run watch': ['$tsc-watch'],
  'npm run build -- --watch': ['$tsc', '$eslint-stylish'],
  'npm run plain -- --watch': ['$tsc-watch'],
  'npm test': ['$python'],
  'npm run loop': [],
  'npm install': [],
  'npm start': [],
  'echo tsc': [],
  '': [],
};

for (const [command, expected] of Object.entries(commands)) {
  test(`picks by the program: ${command}`, (t) => {
    const folder = scratchFolder(t);
    const scripts = {
      build: 'tsc -b && eslint .',
      watch: 'npm run plain -- -w',
      plain: 'tsc',
      test: 'pytest',
      loop: 'npm run loop',
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
    assert.deepEqual(automaticMatchers(command, folder), expected);
  });
}
