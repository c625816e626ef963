import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  callTool,
  chooseInRow,
  openSidebar,
  pressInNotice,
  removeJobs,
  untilDone,
  untilNotice,
  untilRow,
} from './tools.ts';

async function clean(): Promise<void> {
  await removeJobs();
  await vscode.commands.executeCommand('notifications.clearAll');
}

/** A shell command that waits for a file, and what creates it. */
function gate(t: TestContext): { readonly waits: string; readonly open: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'gate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'go');
  return { waits: `until [ -e ${path} ]; do sleep 0.05; done`, open: () => writeFileSync(path, '') };
}

const untilStatus = (text: string): Promise<void> =>
  inPage(
    (page, text) => page.locator(`.statusbar [aria-label*="Watched jobs: ${text}"]`).first().waitFor(),
    text,
  );

const untilNoStatus = (): Promise<void> =>
  inPage((page) =>
    page.locator('.statusbar [aria-label*="Watched jobs: "]').first().waitFor({ state: 'hidden' }),
  );

test('a watched job reports its end in a notice and the status bar, until its output is shown', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await vscode.commands.executeCommand('workbench.action.closePanel');
  await openSidebar();
  const { waits, open } = gate(t);
  await callTool('execute', { command: `echo working; ${waits}; echo done`, name: 'build' });
  await untilRow('build, running');
  await chooseInRow('build, running', 'Watch');
  await inPage((page) =>
    page.locator('.pane-body [role="treeitem"][aria-label^="build"][aria-label$="· watched"]').waitFor(),
  );
  open();
  await untilNotice('build: completed');
  await untilStatus('build: completed');
  await screenshot('watched');
  await untilDone(() =>
    inPage(async (page) => {
      const soon = { timeout: 5000 };
      await page.locator('.statusbar [aria-label*="Watched jobs"]').first().click(soon);
      const option = page
        .locator('.quick-input-list [role="option"]')
        .filter({ hasText: 'build: completed' });
      await option.click(soon);
    }),
  );
  await untilNoStatus();
  await inPage((page) => page.locator('.xterm-rows > div').filter({ hasText: /^done/ }).first().waitFor());
});

test('an event that the agent asked for is offered to the chat with the last lines', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  const { waits, open } = gate(t);
  await agentMode('Start the server and tell me of errors.', [
    {
      tool: 'execute',
      input: {
        command: `${waits}; echo 'TypeError: x is undefined'; echo after; exec sleep 1000`,
        name: 'server',
        notify: ['match:^TypeError'],
      },
    },
    { text: 'It runs.' },
  ]);
  open();
  await untilNotice('server: printed “TypeError: x is undefined”');
  await untilStatus('server: printed');
  await screenshot('offer');
  await pressInNotice('server: printed', 'Ask Chat');
  const input = (): Promise<string> =>
    inPage(async (page) =>
      (
        await page.locator('.interactive-input-part .monaco-editor:visible .view-lines').first().innerText()
      ).replace(/\s+/g, ' '),
    );
  for (const part of [
    'News of background jobs: server: printed “TypeError: x is undefined”',
    '```text TypeError: x is undefined after ```',
  ])
    await until(`the chat has ${part}`, async () => (await input()).includes(part));
  await screenshot('offered');
  await untilNoStatus();
  await inPage(async (page) => {
    await page.locator('.interactive-input-part .monaco-editor:visible').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
  });
});

test('an event that the model has read meanwhile leaves the status bar', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  const { waits, open } = gate(t);
  const command = `${waits}; printf 'which one? '; read -r line; echo "got $line"`;
  await callTool('execute', { command, name: 'reader', notify: ['match:^which', 'input'] });
  open();
  await untilStatus('reader: printed “which one?”, waits for input');
  await callTool('tail', { job_id: 'reader' });
  await untilNoStatus();
});

test('watches for a line that the user describes, and stops', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await clean();
  t.after(clean);
  await openSidebar();
  const { waits, open } = gate(t);
  const command = `${waits}; echo got words; echo got 123; exec sleep 1000`;
  await callTool('execute', { command, name: 'echo' });
  await untilRow('echo, running');
  await chooseInRow('echo, running', 'Watch for Line…');
  const box = async (text: string): Promise<void> =>
    inPage(async (page, text) => {
      const input = page.locator('.quick-input-widget:has-text("Watch for a Line") .quick-input-box input');
      await input.fill(text);
      await input.press('Enter');
    }, text);
  await box('(');
  await inPage((page) => page.locator('.quick-input-widget').getByText('Invalid regular').first().waitFor());
  await box('got [0-9]+');
  await untilRow('echo, running');
  await inPage((page) =>
    page.locator('.pane-body [role="treeitem"][aria-label^="echo"][aria-label$="· watched"]').waitFor(),
  );
  // The agent does not read it. What the one who started the job has read needs no notice.
  open();
  await untilNotice('echo: printed “got 123”');
  await chooseInRow('echo, running', 'Stop Watching');
  await inPage((page) =>
    page
      .locator('.pane-body [role="treeitem"][aria-label^="echo"][aria-label$="· watched"]')
      .waitFor({ state: 'detached' }),
  );
  await untilNoStatus();
});
