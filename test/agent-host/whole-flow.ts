import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Locator } from 'playwright-core';
import { DEFINITIONS } from '../../src/mcp/server/tool-definitions.ts';
import { eventually } from '../support/runner.ts';
import {
  type AgentWindow,
  type AgentWindowOptions,
  openAgentWindow,
  StuckSessionError,
} from './agent-window.ts';
import type { Harness } from './harnesses.ts';
import { type ModelRequest, ours, type Turn } from './script.ts';

const ROW = '.pane-body [role="treeitem"]';
/** For a change of a window on a busy machine. */
const PATIENCE_MS = 90_000;

/** Starts a job, reads its output and kills it in a session of a harness, and again in a new one after Reload Window. */
export async function checkWholeFlow(t: TestContext, harness: Harness): Promise<void> {
  await inFreshWindow(t, harness, {}, async (window) => {
    await openSession(window);
    await startReadKill(window, harness, 'before');
    await window.page.reload();
    await window.openSession();
    await startReadKill(window, harness, 'after');
  });
}

/** The same, in a session that continues after Reload Window. In between, the model is refused and interrupted. */
export async function checkContinuedSession(t: TestContext, harness: Harness): Promise<void> {
  const settings = { 'backgroundJobs.deniedCommands': ['^forbidden'], 'backgroundJobs.tellChat': true };
  await inFreshWindow(t, harness, { settings }, async (window) => {
    await openSession(window);
    const before = await startReadKill(window, harness, 'before');
    await checkRefusal(window);
    await checkCancellation(window);
    await window.reload();
    const after = await startReadKill(window, harness, 'after');
    assert.ok(after.results.length > before.results.length, 'the session continues');
    await openSession(window);
    await startReadKill(window, harness, 'in-another');
    await checkTellChat(window);
  });
}

/** Runs a check, and once more in another window if VS Code has left a session waiting forever. */
export async function inFreshWindow(
  t: TestContext,
  harness: Harness,
  options: AgentWindowOptions,
  check: (window: AgentWindow) => Promise<void>,
): Promise<void> {
  try {
    await check(await openAgentWindow(t, harness, options));
  } catch (error) {
    if (!(error instanceof StuckSessionError)) throw error;
    t.diagnostic(error.message);
    await check(await openAgentWindow(t, harness, options));
  }
}

/**
 * Opens a session that is past its first message. With that one, VS Code asks the extension for its server, and Codex does
 * not wait for the answer. And a confirmation card may be missing in it.
 */
export async function openSession(window: AgentWindow): Promise<void> {
  await window.openSession();
  await window.prompt('Hello.', [{ text: 'Hello.' }]);
}

async function startReadKill(
  window: AgentWindow,
  { name: agent }: Harness,
  name: string,
): Promise<ModelRequest> {
  const { control, page, prompt, jobs } = window;
  const started = await prompt('Start the server in the background.', [
    { tool: 'execute', input: { command: `echo "$((6 * 7)) is ready"; exec sleep 1000`, name } },
    { tool: 'wait', input: { job_ids: [name], until: 'output', wait_s: 45 } },
    { text: 'It runs.' },
  ]);
  checkOffer(started);
  assert.match(lastResult(started), /status=running reason=output .*\n42 is ready/);
  await control.command('backgroundJobs.jobs.focus');
  await page.locator(`${ROW}[aria-label^="${name}, running"][aria-label*="by ${agent}"]`).waitFor();
  const notice = page.locator('.notifications-center .notification-list-item', {
    hasText: `${agent} runs: echo "$((6 * 7)) is ready"`,
  });
  await untilListed(control, notice.getByRole('button', { name: 'Kill' }));
  await control.command('notifications.clearAll');
  const record = jobs().find((job) => job.name === name)!;
  assert.equal(typeof record.startedBy.conversation, 'string');

  const ended = await prompt('Stop the server.', [
    { tool: 'kill', input: { job_ids: [name] } },
    { text: 'It is stopped.' },
  ]);
  checkOffer(ended);
  assert.match(lastResult(ended), /status=killed signal=SIGTERM ended_by=agent .*survivors=0/);
  await page.locator(`${ROW}[aria-label^="${name}, killed"]`).waitFor();
  return ended.at(-1)!;
}

/** Waits until a part of a notification is in sight. The list closes when another notification goes away. */
async function untilListed(control: AgentWindow['control'], part: Locator): Promise<void> {
  await eventually(
    'the notification is in the list',
    async () => {
      await control.command('notifications.showList');
      return await part.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    },
    PATIENCE_MS,
  );
}

/** A call that starts the job "awaited" and waits for its end. A job on the disk shows that the call is in progress. */
export function startAndWait(command: string): Turn {
  return { tool: 'execute', input: { command, name: 'awaited', wait_s: 45 } };
}

/** Resolves during the call of `startAndWait`. */
export async function untilWaiting(jobs: AgentWindow['jobs']): Promise<void> {
  await eventually('the model waits', () => jobs().some(({ name }) => name === 'awaited'), PATIENCE_MS);
}

/** The model reads why a command is refused. */
async function checkRefusal({ prompt }: AgentWindow): Promise<void> {
  const refused = await prompt('Do it.', [
    { tool: 'execute', input: { command: 'forbidden --now' } },
    { text: 'It is refused.' },
  ]);
  assert.match(lastResult(refused), /Error: The command policy refuses "forbidden --now": .*ask the user/);
}

/** If the person stops the agent during a wait, the job continues, and so does the session. */
async function checkCancellation({ control, jobs, prompt }: AgentWindow): Promise<void> {
  const stopped = prompt('Wait for it.', [
    startAndWait('exec sleep 1000'),
    { text: 'The agent was not stopped.' },
  ]);
  // Codex does not report the end of a prompt that was stopped.
  stopped.catch(() => undefined);
  await untilWaiting(jobs);
  await control.command('workbench.action.chat.cancel');
  const listed = await prompt('What runs?', [{ tool: 'list', input: {} }, { text: 'It still runs.' }]);
  assert.match(lastResult(listed), /name=awaited status=running/);
  const ended = await prompt('Stop it.', [{ tool: 'kill', input: { job_id: 'awaited' } }, { text: 'Done.' }]);
  assert.match(lastResult(ended), /status=killed/);
}

/** The chat offers to tell the agent about a job that fails. */
async function checkTellChat({ page, prompt }: AgentWindow): Promise<void> {
  await prompt('Start it.', [
    { tool: 'execute', input: { command: 'read line; exit 7', name: 'failing' } },
    { tool: 'interact', input: { job_id: 'failing', input: 'go' } },
    { text: 'It runs.' },
  ]);
  await page
    .locator('.interactive-input-part')
    .filter({ hasText: 'Background job failed: failing' })
    .waitFor();
}

/** Every request offers each of our tools exactly once. */
function checkOffer(requests: readonly ModelRequest[]): void {
  const expected = DEFINITIONS.map(({ name }) => name).sort();
  for (const { tools } of requests) assert.deepEqual(ours(tools).sort(), expected);
}

export function lastResult(requests: readonly ModelRequest[]): string {
  return requests.at(-1)?.results.at(-1) ?? '';
}
