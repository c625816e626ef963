import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listText, printable } from './printable.ts';

test('what would steer a screen or turn a line around is replaced', () => {
  assert.equal(printable('a\x1b[31mb\x07\u202ec\tü\n'), 'a\ufffd[31mb\ufffd\ufffdc\ufffdü\n');
});

test('in a list a command is one line, and nothing of it is an icon', () => {
  assert.equal(
    listText('echo $(date)\n  rm $(sync~spin)$(expr 1 + 2) $HOME\x1b'),
    'echo $\u2060(date) ⏎ rm $\u2060(sync~spin)$(expr 1 + 2) $HOME\ufffd',
  );
});
