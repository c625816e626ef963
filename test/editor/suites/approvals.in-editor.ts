import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, pressInNotice, removeJobs, untilDone, untilNotice } from './tools.ts';

const { Global, Workspace } = vscode.ConfigurationTarget;

/** Sets the user's setting until the test ends. */
async function setUp(t: TestContext): Promise<void> {
  const ours = vscode.workspace.getConfiguration('backgroundJobs');
  await ours.update('approvals', 'terminalRules', Global);
  // Agent sessions of other tests turn it on. It approves every command.
  await vscode.workspace.getConfiguration('chat.tools.global').update('autoApprove', undefined, Global);
  t.after(async () => {
    await ours.update('approvals', undefined, Global);
    await removeJobs();
    await vscode.commands.executeCommand('notifications.clearAll');
  });
}

test('commands that the default rules of VS Code approve run at once, and the others after the user allows them', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await setUp(t);
  await callTool('execute', { command: 'echo fine && sleep 0.1', name: 'fine', wait_s: 45 });
  assert.match(await callTool('status', { job_id: 'fine' }), /approved_by="rule echo, rule sleep"/);
  const reply = callTool('execute', { command: 'touch asked-for', name: 'asked', wait_s: 45 });
  await untilNotice('run this command? touch asked-for (no rule approves');
  await screenshot('approval');
  assert.doesNotMatch(await callTool('list'), /name=asked/);
  await pressInNotice('touch asked-for', 'Allow');
  assert.match(await reply, /status=completed/);
  assert.match(await callTool('status', { job_id: 'asked' }), /approved_by="the user"/);
});

test('a command that a rule denies does not run if the user denies it', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await setUp(t);
  const reply = callTool('execute', { command: 'echo a; rm -rf nothing', name: 'denied' });
  await untilNotice('the rule `rm` denies');
  await pressInNotice('rm -rf nothing', 'Deny');
  assert.match(await reply, /^Error: The user does not allow this command/);
  assert.doesNotMatch(await callTool('list'), /name=denied/);
});

test('rules of the user count, and those of a workspace do not', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await setUp(t);
  const rules = vscode.workspace.getConfiguration('chat.tools.terminal');
  t.after(() => rules.update('autoApprove', undefined, Global));
  await rules.update('autoApprove', { touch: true }, Global);
  await callTool('execute', { command: 'touch by-rule', name: 'by-rule', wait_s: 45 });
  assert.match(await callTool('status', { job_id: 'by-rule' }), /approved_by="rule touch"/);
  await rules.update('autoApprove', { mkdir: true }, Workspace);
  t.after(() => rules.update('autoApprove', undefined, Workspace));
  const reply = callTool('execute', { command: 'mkdir by-workspace' });
  await untilNotice('mkdir by-workspace');
  await pressInNotice('mkdir by-workspace', 'Deny');
  assert.match(await reply, /^Error: The user does not allow/);
});

test(
  'with execute always allowed in the confirmation of VS Code, the rules still decide what is asked for',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    await setUp(t);
    t.after(() => vscode.commands.executeCommand('workbench.action.chat.resetTrustedTools'));
    const run = (command: string, name: string) =>
      agentMode(
        `Run ${name}.`,
        [{ tool: 'execute', input: { command, name, wait_s: 45 } }, { text: 'Done.' }],
        { asks: true },
      );
    const hasRun = async (): Promise<boolean> => (await callTool('list')).includes('name=fine');
    // Returns when VS Code asks.
    await run('echo fine', 'fine');
    await inPage(async (page) => {
      const card = page.locator('.interactive-session');
      await card
        .getByRole('button', { name: /^Allow/ })
        .first()
        .waitFor();
    });
    // The menu closes when something else takes the focus.
    await untilDone(async () => {
      if (await hasRun()) return;
      await inPage(async (page) => {
        const soon = { timeout: 5000 };
        await page.locator('.interactive-session .monaco-dropdown-button').first().click(soon);
        await page.locator('.context-view .action-label').first().waitFor(soon);
      });
      await screenshot('always-allow');
      await inPage(async (page) => {
        const item = page.locator('.context-view .action-label', { hasText: /^Always Allow/ });
        await item.first().click({ timeout: 5000 });
      });
      // A menu ignores clicks right after it opens.
      await until('the job is there', hasRun, 10_000);
    });
    await until('the job has ended', async () => (await callTool('list')).includes('status=completed'));
    assert.match(await callTool('status', { job_id: 'fine' }), /approved_by="rule echo"/);
    const asked = run('touch asked-for', 'asked');
    await pressInNotice('touch asked-for', 'Allow');
    assert.match((await asked).results.at(-1) ?? '', /status=completed/);
    const denied = run('rm -rf nothing', 'denied');
    await pressInNotice('rm -rf nothing', 'Deny');
    assert.match((await denied).results.at(-1) ?? '', /Error: The user does not allow this command/);
  },
  { timeout: 400_000 },
);
