import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { commandLine, quote, shellKind } from './shell-quoting.ts';

test('recognizes the kind of a shell by its name', () => {
  assert.equal(shellKind('/bin/sh'), 'posix');
  assert.equal(shellKind('/opt/my powershell/zsh'), 'posix');
  assert.equal(shellKind('C:\\Program Files\\PowerShell\\7\\pwsh.exe'), 'powershell');
  assert.equal(shellKind('powershell'), 'powershell');
  assert.equal(shellKind('C:\\Windows\\System32\\CMD.EXE'), 'cmd');
});

describe('posix', { skip: process.platform === 'win32' }, () => {
  test('passes any words through sh unchanged', () => {
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    // One command line for all words, since starting a process takes time.
    const words = fc.sample(fc.string({ unit: 'binary' }), 300).filter((word) => !word.includes('\0'));
    words.push(
      '',
      ' ',
      "'",
      "it's",
      '$HOME',
      '`id`',
      '\\',
      'a\nb',
      '!!',
      '*',
      '~',
      '-n',
      '{a,b}',
      '#',
      'a=b',
      '"',
    );
    const validWords = words.map((word) => word.replaceAll(/[\ud800-\udfff]/gu, '?'));
    const line = commandLine([process.execPath, '-e', print, '--', ...validWords], 'posix');
    assert.deepEqual(JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })), validWords);
  });

  test('quotes a program name that looks like an assignment', () => {
    assert.equal(commandLine(['A=b', 'A=b'], 'posix'), "'A=b' A=b");
  });

  test('adds no quotes where none are needed', () => {
    assert.equal(commandLine(['npm', 'run', 'test:unit'], 'posix'), 'npm run test:unit');
    assert.equal(commandLine(['./my script.sh'], 'posix'), "'./my script.sh'");
  });
});

test('PowerShell: doubles quotes, also typographic ones, and calls a quoted program', () => {
  assert.equal(quote("it's ‘so’ $x", 'powershell'), "'it''s ‘‘so’’ $x'");
  assert.equal(
    commandLine(['./my script.js', '-n', '--all', '@x'], 'powershell'),
    "& './my script.js' -n --all '@x'",
  );
  assert.equal(commandLine(['npm', 'run', 'dev'], 'powershell'), 'npm run dev');
});

test('cmd: uses double quotes', () => {
  assert.equal(commandLine(['npm', 'run', 'a "b" & c'], 'cmd'), 'npm run "a ""b"" & c"');
});
