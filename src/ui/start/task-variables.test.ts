import assert from 'node:assert/strict';
import { sep } from 'node:path';
import { test } from 'node:test';
import { inputIds, resolveVariables, type VariableContext, VariableError } from './task-variables.ts';

const web = { name: 'web', path: '/w/web' };
const context: VariableContext = {
  folders: [web, { name: 'api', path: '/w/api' }],
  folder: web,
  file: { path: '/w/web/src/my file.test.ts', folder: web, line: 3, column: 7, selectedText: 'some text' },
  home: '/home/me',
  env: { TOKEN: 'secret $& $1' },
  config: (name) => ({ 'a.text': 'x', 'a.number': 4, 'a.on': true, 'a.list': [] })[name],
  inputs: new Map([['who', 'me']]),
};
const resolve = (text: string): string => resolveVariables(text, context);

test('replaces each variable by its value', () => {
  const expected = {
    '${workspaceFolder}': '/w/web',
    '${workspaceFolder:api}': '/w/api',
    '${workspaceFolderBasename}': 'web',
    '${cwd}': '/w/web',
    '${userHome}': '/home/me',
    '${pathSeparator}': sep,
    '${/}': sep,
    '${file}': '/w/web/src/my file.test.ts',
    '${fileBasename}': 'my file.test.ts',
    '${fileBasenameNoExtension}': 'my file.test',
    '${fileExtname}': '.ts',
    '${fileDirname}': '/w/web/src',
    '${fileDirnameBasename}': 'src',
    '${fileWorkspaceFolder}': '/w/web',
    '${relativeFile}': 'src/my file.test.ts',
    '${relativeFileDirname}': 'src',
    '${lineNumber}': '3',
    '${columnNumber}': '7',
    '${selectedText}': 'some text',
    '${env:TOKEN}': 'secret $& $1',
    '${env:NONE}': '',
    '${env:constructor}': '',
    '${config:a.text}': 'x',
    '${config:a.number}': '4',
    '${config:a.on}': 'true',
    '${input:who}': 'me',
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(resolve(text), value);
  assert.equal(resolve('a ${env:TOKEN}/${input:who} b'), 'a secret $& $1/me b');
});

test('keeps variables of the shell', () => {
  for (const text of [
    '${HOME}',
    '${X:-y}',
    '${toString}',
    '${constructor}',
    '$HOME',
    '${a${b}}',
    '${',
    '${}',
  ]) {
    assert.equal(resolve(text), text);
  }
});

test('does not replace variables inside values', () => {
  assert.equal(
    resolveVariables('${input:x}', { ...context, inputs: new Map([['x', '${env:TOKEN}']]) }),
    '${env:TOKEN}',
  );
});

test('names the variable that has no value', () => {
  const nothing = { ...context, file: undefined, folder: undefined };
  const problem = (text: string, from: VariableContext): string => {
    try {
      return resolveVariables(text, from);
    } catch (error) {
      assert.ok(error instanceof VariableError);
      assert.equal(error.variable, text);
      return error.problem;
    }
  };
  assert.equal(problem('${relativeFile}', nothing), 'no file');
  assert.equal(problem('${workspaceFolder}', nothing), 'no folder');
  assert.equal(problem('${workspaceFolder:none}', context), 'no folder');
  assert.equal(problem('${config:a.list}', context), 'not a string');
  assert.equal(problem('${config:none}', context), 'not a string');
  for (const text of ['${command:a.b}', '${input:other}', '${defaultBuildTask}', '${execPath}'])
    assert.equal(problem(text, context), 'unsupported');
});

test('finds the ids of inputs', () => {
  assert.deepEqual(inputIds('${input:a} ${inputs:no} ${input:b c}${env:input}'), ['a', 'b c']);
});
