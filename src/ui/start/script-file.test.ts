import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { scriptCommand } from './script-file.ts';

test(
  'runs a file itself, with its shebang or by its extension',
  { skip: process.platform === 'win32' },
  (t) => {
    const folder = scratchFolder(t);
    const command = (name: string, text: string, mode = 0o644): string | undefined => {
      const path = join(folder, name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return scriptCommand(path, 'posix');
    };
    assert.equal(command('a b.sh', '#!/bin/sh\n', 0o755), "'./a b.sh'");
    assert.equal(command('a.sh', '#!/bin/bash -e\n'), '/bin/bash -e ./a.sh');
    assert.equal(
      command('b.sh', '#! /usr/bin/env -S node --flag\r\n'),
      "/usr/bin/env '-S node --flag' ./b.sh",
    );
    assert.equal(command('c.SH', 'echo', 0o755), 'sh ./c.SH');
    assert.equal(command('d.py', ''), 'python3 ./d.py');
    assert.equal(command("it's.mjs", '#'), "node './it'\\''s.mjs'");
    assert.equal(command('-n.js', ''), 'node ./-n.js');
    assert.equal(command('tool', '#!/bin/sh', 0o755), './tool');
    assert.equal(command('notes.txt', 'no #!/bin/sh'), undefined);
  },
);
