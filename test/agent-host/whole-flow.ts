import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { DEFINITIONS } from '../../src/mcp/server/tool-definitions.ts';
import { type AgentWindow, openAgentWindow } from './agent-window.ts';
import type { Harness } from './harnesses.ts';
import { type ModelRequest, ours } from './script.ts';

const ROW = '.pane-body [role="treeitem"]';

/** Starts a job, reads its output and kills it in a session of a harness, before and after Reload Window. */
export async function checkWholeFlow(t: TestContext, harness: Harness): Promise<void> {
  const window = await openAgentWindow(t, harness);
  await window.openSession();
  // With the first message, VS Code asks the extension for its server. Codex does not wait for the answer.
  await window.prompt('Hello.', [{ text: 'Hello.' }]);
  await startReadKill(window, harness, 'before');
  await window.page.reload();
  await window.openSession();
  await startReadKill(window, harness, 'after');
}

async function startReadKill(window: AgentWindow, { name: agent }: Harness, name: string): Promise<void> {
  const { control, page, prompt, jobs } = window;
  const started = await prompt('Start the server in the background.', [
    { tool: 'execute', input: { command: `echo "$((6 * 7)) is ready"; exec sleep 1000`, name } },
    { tool: 'wait', input: { job_id: name, until: 'output', wait_s: 30 } },
    { text: 'It runs.' },
  ]);
  checkOffer(started);
  assert.match(lastResult(started), /status=running reason=output .*\n42 is ready/);
  await control.command('backgroundJobs.jobs.focus');
  await page.locator(`${ROW}[aria-label^="${name}, running"][aria-label*="by ${agent}"]`).waitFor();
  await control.command('notifications.showList');
  const notice = page.locator('.notifications-center .notification-list-item', {
    hasText: `${agent} runs: echo "$((6 * 7)) is ready"`,
  });
  await notice.getByRole('button', { name: 'Kill' }).waitFor();
  await control.command('notifications.clearAll');
  const record = jobs().find((job) => job.name === name)!;
  assert.equal(typeof record.startedBy.conversation, 'string');

  const ended = await prompt('Stop the server.', [
    { tool: 'kill', input: { job_id: name } },
    { text: 'It is stopped.' },
  ]);
  checkOffer(ended);
  assert.match(lastResult(ended), /status=killed signal=SIGTERM ended_by=agent .*survivors=0/);
  await page.locator(`${ROW}[aria-label^="${name}, killed"]`).waitFor();
}

/** Every request offers each of our tools exactly once. */
function checkOffer(requests: readonly ModelRequest[]): void {
  const expected = DEFINITIONS.map(({ name }) => name).sort();
  for (const { tools } of requests) assert.deepEqual(ours(tools).sort(), expected);
}

function lastResult(requests: readonly ModelRequest[]): string {
  return requests.at(-1)?.results.at(-1) ?? '';
}
