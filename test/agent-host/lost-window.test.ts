// What the model of an agent session reads when its window goes away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distrust, openTrustedFolders, trust } from '../editor/workspace-trust.ts';
import { eventually } from '../support/runner.ts';
import type { AgentWindow } from './agent-window.ts';
import { COPILOT } from './harnesses.ts';
import type { Script } from './script.ts';
import { inFreshWindow, lastResult, openSession, startAndWait, untilWaiting } from './whole-flow.ts';

/** How long VS Code may take to reload a window on a busy machine, the bridge to give up (20 s), and the model to go on. */
const PATIENCE_MS = 240_000;
const LOST = 'The window of VS Code went away during the call';
const OURS = 'agent-tools.background-jobs';

/** Starts a job and waits for its end, in a turn that outlives its window. Resolves during that call. */
async function waitInTurn({ jobs, prompt }: AgentWindow, rest: Script): Promise<void> {
  const played = prompt('Wait for it.', [startAndWait('echo begun; exec sleep 1000'), ...rest]);
  // The window that sent the prompt goes away.
  played.catch(() => undefined);
  await untilWaiting(jobs);
}

/** Waits until the model has a number of results since its window went away. @returns them, with that of the lost call */
async function results({ api }: AgentWindow, count: number): Promise<readonly string[]> {
  const all = (): readonly string[] => {
    const found = api.requests().at(-1)?.results ?? [];
    const lost = found.findIndex((each) => each.includes(LOST));
    return lost === -1 ? [] : found.slice(lost, lost + count);
  };
  await eventually(`there are ${count} results`, () => all().length === count, PATIENCE_MS);
  return all();
}

test('a turn continues when its window reloads during a call', { timeout: 600_000 }, async (t) => {
  await inFreshWindow(t, COPILOT, {}, async (window) => {
    await openSession(window);
    const input = { job_ids: ['awaited'], until: 'output', wait_s: 45 };
    await waitInTurn(window, [
      // Twice: on a busy machine the window may be back later than the bridge waits for it.
      { tool: 'wait', input },
      async () => {
        await window.control.untilActive(OURS);
        return { tool: 'wait', input };
      },
      { tool: 'kill', input: { job_ids: ['awaited'] } },
      { text: 'It is stopped.' },
    ]);
    await window.page.reload();
    const [lost, , waited, killed] = await results(window, 4);
    assert.match(lost!, /Error: The window of VS Code went away during the call.* Look with list before/);
    assert.match(waited!, /name=awaited status=running .*reason=output .*\nbegun/);
    assert.match(killed!, /status=killed .*survivors=0/);
  });
});

// Promise: restricted-mode
test(
  'in Restricted Mode the model reads what to do, and continues when the folder is trusted again',
  { timeout: 600_000 },
  async (t) => {
    const settings = { 'backgroundJobs.keepAliveSeconds': 1 };
    await inFreshWindow(t, COPILOT, { isTrustedByHand: true, settings }, async (window) => {
      const { page, prompt } = window;
      await openSession(window);
      // Before the model waits, since each call takes at most 45 s.
      await openTrustedFolders(page);
      await waitInTurn(window, [
        // It waits on if the window is still there, as on a busy machine.
        (results) =>
          results.some((each) => each.includes(LOST))
            ? { tool: 'list', input: {} }
            : { tool: 'wait', input: { job_ids: ['awaited'], wait_s: 45 }, isRepeated: true },
        { text: 'There is no window.' },
      ]);
      await distrust(page);
      const [lost, restricted] = await results(window, 2);
      assert.match(lost!, /Error: The window of VS Code went away during the call/);
      assert.match(restricted!, /Error: No window of VS Code .*trust it if the window is in Restricted Mode/);
      await trust(page);
      await window.control.untilActive(OURS);
      const listed = await prompt('What runs?', [{ tool: 'list', input: {} }, { text: 'Nothing.' }]);
      assert.match(lastResult(listed), /name=awaited status=killed/);
    });
  },
);
