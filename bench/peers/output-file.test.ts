import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../test/support/scratch.ts';
import { OutputFile } from './output-file.ts';

test('waits for an output file, continues where it stopped, and returns the last lines', async (t) => {
  const path = join(scratchFolder(t), 'output');
  const file = new OutputFile(path);
  const first = file.read();
  appendFileSync(path, 'one\n');
  assert.equal(await first, 'one\n');
  const second = file.read();
  appendFileSync(path, 'two\nthree\n');
  assert.equal(await second, 'two\nthree\n');
  assert.equal(file.tail(2), 'two\nthree');
});
