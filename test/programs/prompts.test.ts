// Programs that ask questions with menus, and one that listens for keys while it watches files.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import { debianProgram } from '../support/debian-program.ts';
import { npmPackages } from './install.ts';
import { startProgram } from './support.ts';

const git = await debianProgram('git', []);
const createVite = await npmPackages('create-vite-9.3.0', 'create-vite@9.3.0');
const vitest = await npmPackages('vitest-4.1.12', 'vitest@4.1.12', 'vite@8.3.8');

test('git add -p asks for each change', { skip: git.skip }, async (t) => {
  const setup = [
    'export GIT_CONFIG_NOSYSTEM=1 PAGER=cat',
    'git init -q .; git config user.email a@b; git config user.name a',
    'seq 40 > file; git add file; git commit -qm first',
    "sed -i 's/^3$/three/; s/^30$/thirty/' file",
    'git add -p; git diff --cached --numstat',
  ];
  const program = await startProgram(t, setup.join('; '));
  assert.match((await program.asks()) ?? '', /^(line|likely)$/);
  await program.type('y');
  await program.screen(/\(2\/2\) Stage this hunk/);
  await program.asks();
  await program.type('n');
  const { facts } = await program.exit();
  assert.equal(facts.exit_code, '0');
  assert.match(await program.text(), /^1\s+1\s+file$/m);
});

test('npm create asks with a text field and menus', { skip: createVite.skip }, async (t) => {
  const script = join(createVite.folder, 'create-vite', 'index.js');
  const program = await startProgram(t, `exec '${process.execPath}' '${script}' --no-immediate`);
  await program.screen(/Project name/);
  assert.match((await program.asks()) ?? '', /^(line|likely)$/);
  await program.type('demo');
  await program.screen(/Select a framework/);
  assert.match((await program.asks()) ?? '', /^(line|likely)$/);
  await program.press('down', 'up', 'enter');
  await program.screen(/Select a variant/);
  await program.press('down', 'enter');
  const { facts } = await program.exit();
  assert.equal(facts.exit_code, '0', await program.text());
  assert.ok(existsSync(join(program.folder, 'demo', 'package.json')));
});

test(
  'vitest in watch mode listens for keys, and does not wait for input',
  { skip: vitest.skip },
  async (t) => {
    const script = join(vitest.folder, 'vitest', 'vitest.mjs');
    const program = await startProgram(
      t,
      `read -r go; exec '${process.execPath}' '${script}' --watch --pool=threads --no-color`,
      { env: { CI: '', VITEST: '' } },
    );
    await program.asks();
    symlinkSync(vitest.folder, join(program.folder, 'node_modules'));
    const content = (value: number): string =>
      `import { expect, test } from 'vitest'; test('sum', () => expect(1 + 1).toBe(${value}));`;
    writeFileSync(join(program.folder, 'sum.test.js'), content(2));
    await program.type('go');
    await program.screen(/Waiting for file changes/);
    const { facts, blocks } = await program.session.call('wait', {
      job_id: program.id,
      until: 'input',
      timeout_s: 2.5,
    });
    assert.deepEqual([facts.reason, facts.input], ['timeout', undefined], blocks.join('\n'));
    // Changed again until it is noticed: vitest prints that it waits before it watches its files.
    await again(async () => {
      writeFileSync(join(program.folder, 'sum.test.js'), content(3));
      await program.screen(/1 failed/);
    });
    await program.press('q');
    await program.exit();
    const text = await program.text();
    assert.match(text, /1 passed[^]*1 failed/);
    assert.doesNotMatch(text, /[\x1b\r\b]/); // eslint-disable-line no-control-regex -- they would be control characters
    assert.match(readFileSync(join(program.folder, 'sum.test.js'), 'utf8'), /toBe\(3\)/);
  },
);
