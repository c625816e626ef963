import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { openWindow } from './window.ts';
import { inNotifications, runAndChoose, runInBackground, SOON } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');

// Promise: task-circle
test('tasks of several workspace folders run in their own, and a circle between folders is refused with its path', async (t) => {
  const folder = scratchFolder(t);
  const tasks: Readonly<Record<string, readonly object[]>> = {
    web: [
      { label: 'build', type: 'shell', command: 'echo "build ${PWD##*/}"', dependsOn: ['prepare'] },
      { label: 'prepare', type: 'shell', command: 'true' },
      { label: 'round', type: 'shell', command: 'true', dependsOn: ['about'] },
    ],
    api: [
      { label: 'build', type: 'shell', command: 'echo "build ${PWD##*/}"', dependsOn: ['prepare'] },
      { label: 'prepare', type: 'shell', command: 'false' },
      { label: 'about', type: 'shell', command: 'true', dependsOn: ['round'] },
    ],
  };
  for (const [name, entries] of Object.entries(tasks)) {
    mkdirSync(join(folder, name, '.vscode'), { recursive: true });
    const text = JSON.stringify({ version: '2.0.0', tasks: entries });
    writeFileSync(join(folder, name, '.vscode', 'tasks.json'), text);
  }
  const workspace = join(folder, 'both.code-workspace');
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'web' }, { path: 'api' }] }));
  const { page, jobs } = await openWindow(t, { extension: root, folderUri: workspace });
  const choose = (label: RegExp): Promise<void> =>
    runAndChoose(page, 'Background Jobs: Run Task in Background', label);
  await choose(/round.*web/);
  const circle = page.getByText(
    'The tasks depend on each other: "round (web)" → "about (api)" → "round (web)".',
  );
  await inNotifications(page, () => circle.first().waitFor(SOON));
  assert.equal(jobs().length, 0);

  await choose(/build.*web/);
  await eventually('it has run', () => jobs().filter(({ status }) => status === 'completed').length === 2);
  await choose(/build.*api/);
  await eventually(
    'its own dependency failed',
    () => jobs().filter(({ status }) => status === 'failed').length === 2,
  );
  assert.deepEqual(
    jobs().map(({ name, cwd, status }) => [name, basename(cwd), status]),
    [
      ['prepare', 'web', 'completed'],
      ['build', 'web', 'completed'],
      ['prepare', 'api', 'failed'],
      ['build', 'api', 'failed'],
    ],
  );
});

test('with several workspace folders the folder is asked for, and what was typed is not lost', async (t) => {
  const folder = scratchFolder(t);
  for (const name of ['web', 'api']) mkdirSync(join(folder, name));
  const workspace = join(folder, 'both.code-workspace');
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'web' }, { path: 'api' }] }));
  const { page, jobs } = await openWindow(t, { extension: root, folderUri: workspace });
  const box = page.locator('.quick-input-widget .quick-input-box input');
  const row = (text: string) =>
    page.locator('.quick-input-list [role="option"]').filter({ hasText: text }).first();

  await runInBackground(page, 'echo "in $PWD"');
  await page.getByText('Run in Folder').waitFor();
  await row('Other Folder…').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Run Command in Background', { exact: true }).waitFor();
  await eventually('the command is in the box', async () => (await box.inputValue()) === 'echo "in $PWD"');
  assert.equal(jobs().length, 0);

  await box.press('Enter');
  await row('api').click();
  await eventually('it has run', () => jobs()[0]?.status === 'completed');
  assert.equal(jobs()[0]!.cwd, join(folder, 'api'));

  // What ran before has its folder.
  await runAndChoose(page, 'Background Jobs: Run Command in Background', 'echo "in $PWD"');
  await eventually('it ran again', () => jobs().length === 2);
  assert.deepEqual(
    jobs().map(({ cwd }) => cwd),
    [join(folder, 'api'), join(folder, 'api')],
  );
});
