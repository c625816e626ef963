import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { hasPage } from '../inside/page.ts';
import { writeTasks } from '../inside/task-files.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, choose, endJobs, fact, openSidebar, rows, untilRow } from './tools.ts';

const RUN_TASK = 'Background Jobs: Run Task in Background';
const LONG = { timeout: 180_000 };

const COMPOUND: readonly Readonly<Record<string, unknown>>[] = [
  {
    label: 'watch',
    ...{ type: 'shell', command: 'until [ -e go ]; do sleep 0.1; done; echo end of a round; sleep 1000' },
    isBackground: true,
    problemMatcher: {
      ...{ owner: 'w', pattern: { regexp: '^(.*):(\\d+) (.*)$', message: 3 } },
      background: { activeOnStart: true, beginsPattern: '^begin', endsPattern: '^end' },
    },
  },
  { label: 'first', type: 'shell', command: 'echo first' },
  { label: 'second', type: 'shell', command: 'echo second', dependsOn: 'first' },
  { label: 'serve', type: 'shell', command: 'echo serves; sleep 1000', dependsOn: ['watch', 'second'] },
  { label: 'everything', dependsOrder: 'sequence', dependsOn: ['serve'] },
  { label: 'circle', type: 'shell', command: 'true', dependsOn: 'circle two' },
  { label: 'circle two', dependsOn: ['circle'] },
  { label: 'lost', type: 'shell', command: 'true', dependsOn: { type: 'npm', script: 'nothing' } },
  { label: 'twice', type: 'shell', command: 'echo one' },
  { label: 'twice', type: 'shell', command: 'echo two' },
  { label: 'pair', type: 'shell', command: 'sleep 1000', runOptions: { instanceLimit: 2 } },
];

test(
  'a compound task runs from the palette: its rows show queued, ready and running',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    t.after(endJobs);
    const folder = await writeTasks(t, COMPOUND);
    await openSidebar();
    await choose(RUN_TASK, 'everything');
    await untilRow('serve, queued');
    await untilRow('watch, running');
    await until('the second has run', async () =>
      (await callTool('list')).includes('name=second status=completed'),
    );
    assert.ok((await rows()).some((row) => row.startsWith('serve, queued')));
    t.after(() => rmSync(join(folder, 'go'), { force: true }));
    writeFileSync(join(folder, 'go'), '');
    await untilRow('serve, running');
    await untilRow('watch, ready');
    const list = await callTool('list');
    const startOf = (name: string): number =>
      Date.parse(fact(list.split('\n').find((line) => line.includes(`name=${name} `)) ?? '', 'started'));
    assert.ok(startOf('first') <= startOf('second'));
    assert.ok(startOf('second') <= startOf('serve'));
  },
  LONG,
);

test('a task depends on an npm script, by its definition, and is not revealed if it does not want that', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const dependsOn = { type: 'npm', script: 'generate' };
  const task = (reveal: string) => ({
    ...{ label: `builds ${reveal}`, type: 'shell', command: `echo built ${reveal}`, dependsOn },
    presentation: { reveal },
  });
  const [quiet, loud] = [task('never'), task('always')];
  const manifest = JSON.stringify({ scripts: { generate: 'echo generated' } });
  await writeTasks(t, [quiet, loud], { 'package.json': manifest });
  await until('VS Code has found the script', async () =>
    (await vscode.tasks.fetchTasks({ type: 'npm' })).some(({ name }) => name === 'generate'),
  );
  for (const terminal of vscode.window.terminals) terminal.dispose();
  for (const { label } of [quiet, loud]) {
    await choose(RUN_TASK, label);
    await until(`${label} has run`, async () =>
      (await callTool('list')).includes(`name="${label}" status=completed`),
    );
    const shown = vscode.window.terminals.map(({ name }) => name);
    if (label === quiet.label) assert.ok(!shown.includes(label));
    else await until('its terminal is shown', () => vscode.window.activeTerminal?.name === label);
  }
  assert.match(await callTool('list'), /name=generate status=completed .*command="npm run generate"/);
});

test('an agent starts a task by its label, and gets clear errors', async (t) => {
  t.after(endJobs);
  await writeTasks(t, COMPOUND);
  const second = await callTool('execute', { task: 'second', wait_s: 45 });
  assert.match(second, /name=second status=completed .*depends_on=first.*\nsecond\n/s);
  const errors: readonly (readonly [args: object, error: RegExp])[] = [
    [{ task: 'seco' }, /There is no task "seco"\. The tasks of tasks\.json: .*"second"/],
    [{ task: 'circle' }, /depend on each other: "circle" → "circle two" → "circle"/],
    [{ task: 'lost' }, /depends on "\{"type":"npm","script":"nothing"\}", which does not exist/],
    [{ task: 'twice' }, /The label "twice" occurs 2 times in tasks\.json/],
    [{ task: 'second', cwd: '/' }, /"cwd" does not go with "task"/],
    [{ task: 'second', tty: true }, /"tty" does not go with "task"/],
    [{}, /"command" is missing/],
  ];
  for (const [args, error] of errors) {
    assert.match(await callTool('execute', args as Record<string, unknown>), error);
  }
  const first = await callTool('execute', { task: 'pair' });
  const other = await callTool('execute', { task: 'pair' });
  assert.match(other, /name="pair 2" /);
  const third = await callTool('execute', { task: 'pair' });
  assert.match(third, /existing=true/);
  assert.equal(fact(third, 'id'), fact(other, 'id'));
  assert.notEqual(fact(first, 'id'), fact(other, 'id'));
});
