// The setting `backgroundJobs.approvals` in sessions of the harnesses: the user decides about what no rule approves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeat } from '../editor/inside/repeat.ts';
import { SOON } from '../editor/window-steps.ts';
import type { AgentWindow } from './agent-window.ts';
import { CLAUDE, CODEX, COPILOT, type Harness } from './harnesses.ts';
import { inFreshWindow, lastResult, openSession } from './whole-flow.ts';

const PATIENCE_MS = 90_000;
/** Each takes 3 s. On a busy machine, a model's turn takes a minute. */
const MAX_TRIES = 60;

/** Chooses a button of our question about a command. */
async function decide({ page, control }: AgentWindow, command: string, button: string): Promise<void> {
  const patience = { timeout: 3000 };
  const list = page.locator('.notifications-center');
  const question = list.locator('.notification-list-item', { hasText: `run this command? ${command}` });
  let isSeen = false;
  for (let tries = 1; ; tries++) {
    await control.command('notifications.showList');
    try {
      await question.waitFor(patience);
      isSeen = true;
      await question.getByRole('button', { name: button, exact: true }).press('Enter', patience);
      return;
    } catch (error) {
      // A busy page acknowledges the key late. Then the question is gone from the list.
      if (isSeen && (await list.isVisible()) && (await question.count()) === 0) return;
      // The list closes when another notification goes away.
      if (tries === MAX_TRIES) throw error;
    }
  }
}

/** Lets the harness call the tool for the rest of the session, as a person does in its own confirmation. */
async function allowInSession({ page }: AgentWindow): Promise<void> {
  const button = page
    .locator('.interactive-session')
    .getByRole('button', { name: /^Allow/ })
    .first();
  await button.waitFor({ timeout: PATIENCE_MS });
  // A click is lost if the chat is drawn at the same time.
  const allow = async (): Promise<void> => {
    if (!(await button.isVisible())) return;
    await button.click(SOON);
    await button.waitFor({ state: 'hidden', ...SOON });
  };
  await repeat(allow, () => Promise.resolve());
}

async function checkApprovals(window: AgentWindow, { name: agent }: Harness, asks: boolean): Promise<void> {
  const { prompt, jobs } = window;
  const execute = (command: string, name: string) => [
    { tool: 'execute', input: { command, name, wait_s: 45 } },
    { text: 'Done.' },
  ];
  const approved = prompt('Say it.', execute('echo by-rule', 'by-rule'));
  if (asks) await allowInSession(window);
  assert.match(lastResult(await approved), /status=completed/);

  const asked = prompt('Make it.', execute('touch asked-for', 'asked'));
  await decide(window, 'touch asked-for', 'Allow');
  assert.match(lastResult(await asked), /status=completed/);

  const denied = prompt('Remove it.', execute('echo a; rm -rf nothing', 'denied'));
  await decide(window, 'echo a; rm -rf nothing (the rule `rm` denies', 'Deny');
  assert.match(lastResult(await denied), /Error: The user does not allow this command. Ask what to do/);

  assert.deepEqual(
    jobs().map(({ name, approvedBy, startedBy }) => [name, approvedBy, startedBy.kind]),
    [
      ['by-rule', 'rule echo', 'agent'],
      ['asked', 'the user', 'agent'],
    ],
    agent,
  );
}

const settings = { 'backgroundJobs.approvals': 'terminalRules' };

for (const harness of [COPILOT, CLAUDE]) {
  test(
    `in a ${harness.name} session that may call execute, the rules decide and the user is asked for the rest`,
    { timeout: 840_000 },
    async (t) => {
      await inFreshWindow(t, harness, { settings, asks: true }, async (window) => {
        await openSession(window);
        await checkApprovals(window, harness, true);
      });
    },
  );
}

// With full access, Codex asks for no tool.
test(
  'in a Codex session with full access, the rules decide and the user is asked for the rest',
  { timeout: 840_000 },
  async (t) => {
    await inFreshWindow(t, CODEX, { settings }, async (window) => {
      await openSession(window);
      await checkApprovals(window, CODEX, false);
    });
  },
);
