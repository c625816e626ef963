import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/runner.ts';
import { installVsix } from './install-vsix.ts';
import { openWindow } from './window.ts';
import { runCommand, runInBackground, SOON, untilDone } from './window-steps.ts';
import { distrust, openTrustedFolders, trust } from './workspace-trust.ts';

const SETTINGS = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'backgroundJobs.keepAliveSeconds': 1,
};

/** Sets a marker that a reload of the page would remove. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate('window.notReloaded = true');
  return () => page.evaluate('window.notReloaded === true');
}

/** Returns the entries of the list of MCP servers, including the one that adds a server. */
async function mcpServers(page: Page): Promise<string[]> {
  let texts: string[] = [];
  await untilDone(page, async () => {
    await runCommand(page, 'MCP: List Servers');
    const options = page.locator('.quick-input-list [role="option"]');
    await options.filter({ hasText: 'Add Server' }).waitFor(SOON);
    texts = await options.locator('.quick-input-list-row:first-child .label-name').allTextContents();
    await page.keyboard.press('Escape');
  });
  return texts;
}

/** Returns the entries of the palette for a text. */
async function offered(page: Page, words: string): Promise<string[]> {
  let texts: string[] = [];
  await untilDone(page, async () => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-box input').fill(`>${words}`, SOON);
    const options = page.locator('.quick-input-list [role="option"]');
    await options.first().waitFor(SOON);
    texts = await options.allTextContents();
    await page.keyboard.press('Escape');
  });
  return texts;
}

// Promise: restricted-mode
test('shows nothing of the extension in Restricted Mode, and enables it as soon as the folder is trusted', async (t) => {
  const { page, jobs, extensionHosts } = await openWindow(t, {
    extensionsDir: await installVsix(t),
    settings: SETTINGS,
    askForTrust: true,
  });
  const icon = page.locator('.activitybar [aria-label="Background Jobs"]');
  await page.getByText('Restricted Mode').first().waitFor();
  await page.locator('.activitybar [aria-label^="Explorer"]').first().waitFor();
  await eventually('there is an extension host', async () => (await extensionHosts()).length > 0);
  assert.equal(await icon.count(), 0);
  const commands = await offered(page, 'Background Jobs');
  assert.deepEqual(
    commands.filter((each) => each.includes('Background Jobs:')),
    [],
  );

  const isNotReloaded = await mark(page);
  await trust(page);
  await icon.first().waitFor();
  await runInBackground(page, 'echo trusted; sleep 1000');
  await eventually('the job runs', () => jobs()[0]?.status === 'running');
  await eventually('its server is listed', async () => (await mcpServers(page)).includes('background-jobs'));
  assert.equal(await isNotReloaded(), true);

  await openTrustedFolders(page);
  await distrust(page);
  // The icon may have a badge of the same name.
  await eventually('the icon goes', async () => (await icon.count()) === 0);
  await eventually('the job was ended', () => jobs()[0]?.status === 'killed');
  assert.equal(jobs()[0]!.endedBy, 'shutdown');
  // VS Code remembers the server, but cannot start it while the extension is disabled.
  await eventually('no server is listed', async () => (await mcpServers(page)).join() === 'Add Server');
});

// Promise: restricted-mode
test('runs nothing in Restricted Mode, even if a setting enables the extension there', async (t) => {
  const { page, jobs } = await openWindow(t, {
    extensionsDir: await installVsix(t),
    settings: {
      ...SETTINGS,
      'extensions.supportUntrustedWorkspaces': { 'agent-tools.background-jobs': { supported: true } },
    },
    askForTrust: true,
  });
  await page.getByText('Restricted Mode').first().waitFor();
  await runInBackground(page, 'echo untrusted');
  await page.getByText('Jobs cannot run in Restricted Mode').first().waitFor();
  assert.deepEqual(jobs(), []);

  const isNotReloaded = await mark(page);
  await trust(page);
  await page.getByText('You trust this folder').waitFor();
  await page.keyboard.press('Escape');
  await runInBackground(page, 'echo trusted');
  await eventually('the job has run', () => jobs()[0]?.status === 'completed');
  assert.equal(jobs().length, 1);
  assert.equal(await isNotReloaded(), true);
});
