// The card of a job in VS Code's own chat, after its window was reloaded, and in another window.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { installExtension } from './install-extension.ts';
import { CONTROL_VARIABLE, REMOTE_CONTROL, RemoteControl } from './remote-control.ts';
import { openWindow, type Window } from './window.ts';
import { runCommand, SOON, untilDone } from './window-steps.ts';

const root = join(import.meta.dirname, '..', '..');
const SCRIPTED_MODEL = join(import.meta.dirname, 'fixtures', 'scripted-model');
/** How long a window and its chat may take to start on a busy machine. */
const PATIENCE_MS = 90_000;
/** How long VS Code may take to store a chat on a busy machine. */
const CHAT_STORED_MS = 15_000;

interface ChatWindow extends Window {
  readonly control: RemoteControl;
}

/** Opens a window whose chat plays a script. */
async function openChatWindow(t: TestContext, script: readonly object[]): Promise<ChatWindow> {
  const folder = scratchFolder(t);
  const extensionsDir = join(folder, 'extensions');
  mkdirSync(extensionsDir);
  for (const each of [SCRIPTED_MODEL, REMOTE_CONTROL]) installExtension(each, extensionsDir);
  const control = new RemoteControl();
  await control.listen(join(folder, 'control'));
  atEnd(t, () => control.close());
  const file = join(folder, 'script.json');
  writeFileSync(file, JSON.stringify(script));
  const window = await openWindow(t, {
    extension: root,
    extensionsDir,
    profile: join(SCRIPTED_MODEL, 'profile'),
    settings: {
      'chat.disableAIFeatures': true,
      'chat.tools.global.autoApprove': true,
    },
    keepsJobs: true,
    env: { [CONTROL_VARIABLE]: join(folder, 'control'), SCRIPTED_MODEL_FILE: file },
  });
  window.page.setDefaultTimeout(PATIENCE_MS);
  // A server ships Copilot Chat disabled, and enables it when this setting becomes false.
  await control.set('chat', 'disableAIFeatures', false);
  await control.untilActive('GitHub.copilot-chat');
  await control.command('setContext', 'vscode.chat.tools.global.autoApprove.testMode', true);
  return { ...window, control };
}

/** Returns the texts of an element in all cards of a page. */
async function texts(page: Page, id: string): Promise<string[]> {
  const code = `document.getElementById('buttons') && document.getElementById('${id}').textContent`;
  const found = await Promise.allSettled(page.frames().map((frame) => frame.evaluate(code)));
  return found.flatMap((each) =>
    each.status === 'fulfilled' && typeof each.value === 'string' ? [each.value] : [],
  );
}

const untilShown = (page: Page, id: string, wanted: RegExp): Promise<void> =>
  eventually(
    `#${id} of a card shows ${wanted}`,
    async () => (await texts(page, id)).some((text) => wanted.test(text)),
    PATIENCE_MS,
  );

/** Clicks a button of a card with the mouse, if there is one. */
async function clickInCard(page: Page, id: string): Promise<void> {
  for (const frame of page.frames().reverse()) {
    const target = frame.locator(`#buttons #${id}`);
    // A frame that is going away cannot be asked.
    if (!(await target.isVisible().catch(() => false))) continue;
    // It checks that the button is still there: another one may have moved to its place.
    await target.click({ timeout: 1000 }).catch(() => undefined);
    return;
  }
}

test(
  'the card of a job is live again after Reload Window, and its Kill works in another window',
  { timeout: 400_000 },
  async (t) => {
    const command = 'echo ready; exec sleep 1000';
    const { page, jobs, control } = await openChatWindow(t, [
      { tool: 'execute', input: { command, name: 'dev', regex: 'ready', wait_s: 45 } },
      { text: 'It runs.' },
    ]);
    await control.command('workbench.action.chat.open', {
      query: 'Start the dev server.',
      mode: 'agent',
      modelSelector: { vendor: 'scripted', id: 'scripted' },
      blockOnResponse: true,
    });
    await untilShown(page, 'status', /^ready$/);
    await page.getByText('It runs.').first().waitFor();
    // VS Code stores a chat a moment after its last change, and nothing tells when.
    await page.waitForTimeout(CHAT_STORED_MS);
    await Promise.all([page.waitForEvent('load'), runCommand(page, 'Developer: Reload Window')]);
    await page.locator('.monaco-workbench').waitFor();
    await untilShown(page, 'status', /^ready$/);
    // A page of the same browser profile shares the stored chats, as two windows of an editor do.
    const second = await page.context().newPage();
    second.setDefaultTimeout(PATIENCE_MS);
    await second.goto(page.url());
    await second.locator('.monaco-workbench').waitFor();
    await runCommand(second, 'Chat: Open Chat');
    // The list is drawn again while it is loaded.
    await untilDone(second, async () => {
      const chat = second.locator('.auxiliarybar');
      if (!(await chat.getByText('It runs.').first().isVisible()))
        await chat.getByText('Start the dev server.').first().click(SOON);
      await chat.getByText('It runs.').first().waitFor(SOON);
    });
    await untilShown(second, 'status', /^ready$/);
    await second.screenshot({ path: join(root, 'dist/test/screenshots/card-second-window.png') });
    await eventually(
      'a click kills the job',
      async () => {
        if (jobs()[0]?.status === 'running') await clickInCard(second, 'kill');
        return jobs()[0]?.status === 'killed';
      },
      PATIENCE_MS,
    );
    for (const each of [second, page]) await untilShown(each, 'status', /^was killed by the user$/);
    assert.equal(jobs()[0]?.endedBy, 'person');
  },
);
