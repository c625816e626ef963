import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBufferingFilters } from './buffering-filters.ts';

const adviceFor = (command: string, jobCommand = command): string | undefined =>
  findBufferingFilters(jobCommand, [{ pid: 1, command }])[0]?.advice;

test('advises how to make a filter write each line at once', () => {
  assert.equal(adviceFor('/usr/bin/grep -E ready'), 'grep --line-buffered');
  assert.equal(adviceFor('sed -n s/a/b/p'), 'sed -u');
  assert.equal(adviceFor('tr a-z A-Z'), 'stdbuf -oL tr');
  assert.match(adviceFor('awk {print $1}') ?? '', /^fflush\(\)/);
});

test('finds no fault with programs that write each line at once', () => {
  for (const command of [
    'grep --line-buffered ready',
    'sed -nu s/a/b/p',
    'sed --unbuffered s/a/b/',
    'jq --unbuffered .',
    'awk {print; fflush()}',
    'mawk -W interactive {print}',
    'node server.js grep',
    'cat',
  ]) {
    assert.equal(adviceFor(command), undefined, command);
  }
  assert.equal(adviceFor('tr a-z A-Z', 'make | stdbuf -oL tr a-z A-Z'), undefined);
});
