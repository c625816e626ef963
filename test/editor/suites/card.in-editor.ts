// The card of a job in VS Code's own chat.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, endJobs, rows, THEMES, untilOlder, useTheme } from './tools.ts';

/** Copilot Chat takes its time to start. */
const PATIENCE = { timeout: 400_000 };

/** Returns the texts of the cards in the chat, by the id of their element. */
function cards(): Promise<Record<string, string>[]> {
  return inPage(async (page) => {
    const texts = page
      .frames()
      .map((frame) =>
        frame.evaluate(
          `document.getElementById('buttons') && Object.fromEntries([...document.querySelectorAll('[id]')].filter((each) => !each.hidden).map(({ id, textContent }) => [id, textContent]))`,
        ),
      );
    const found = await Promise.allSettled(texts);
    return found.flatMap((each) => (each.status === 'fulfilled' && each.value !== null ? [each.value] : []));
  }) as Promise<Record<string, string>[]>;
}

/** Waits until the newest card shows something. */
async function untilCard(id: string, wanted: RegExp): Promise<void> {
  await until(`#${id} of the card shows ${wanted}`, async () => {
    const text = (await cards()).at(-1)?.[id];
    return text !== undefined && wanted.test(text);
  });
}

/** Clicks something in the newest card with the mouse. */
async function clickInCard(id: string): Promise<void> {
  await inPage(async (page, id) => {
    for (const frame of page.frames().reverse()) {
      const target = frame.locator(`#buttons #${id}`);
      // A frame that is going away cannot be asked.
      if (!(await target.isVisible().catch(() => false))) continue;
      // It checks that the button is still there: another one may have moved to its place.
      await target.click({ timeout: 1000 });
      return;
    }
    throw new Error(`No card shows #${id}.`);
  }, id);
}

test(
  'shows a job as a card in the chat, and kills it by a click in the card',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    t.after(endJobs);
    const command = String.raw`printf '\033[32mready\033[0m in 212 ms\nGET /\033[1;34m index.html\033[0m 200 with a line that is wider than the chat\n\033[33mwarning:\033[0m slow\n'; exec sleep 1000`;
    await agentMode('Start the dev server.', [
      { tool: 'execute', input: { command, name: 'dev', regex: 'ready', wait_s: 45 } },
      { text: 'It runs.' },
    ]);
    await untilCard('status', /^ready$/);
    await untilCard('command', /^dev: printf/);
    await untilCard('output', /ready in 212 ms/);
    for (const theme of THEMES) {
      await useTheme(t, theme);
      await screenshot(`card ${theme}`);
    }
    // The card may move while the mouse is on its way.
    await until('a click opens the sidebar', async () => {
      await clickInCard('open').catch(() => undefined);
      return (await rows()).some((row) => row.startsWith('dev, ready'));
    });
    await until('a click kills the job', async () => {
      // Its button is gone when the job is.
      await clickInCard('kill').catch(() => undefined);
      return (await callTool('status', { job_id: 'dev' })).includes('status=killed');
    });
    await untilCard('status', /^was killed by the user$/);
    assert.match(await callTool('status', { job_id: 'dev' }), /status=killed .*ended_by=person/);
    await screenshot('card killed');
  },
  PATIENCE,
);

// That nothing is asked can only be seen after a while.
test(
  'a card asks for nothing while the chat is hidden',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    t.after(endJobs);
    await agentMode('Start it.', [
      { tool: 'execute', input: { command: 'exec sleep 1000', name: 'hidden', wait_s: 0 } },
      { text: 'It runs.' },
    ]);
    const time = async (): Promise<string | undefined> => (await cards()).at(-1)?.time;
    await untilCard('time', /^(?:\d+ min )?[1-9]\d* s$/);
    await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
    await until('it has stopped', async () => {
      const before = await time();
      await untilOlder('hidden', 2);
      return (await time()) === before;
    });
    const stopped = await time();
    await vscode.commands.executeCommand('workbench.action.chat.open');
    await until('it goes on', async () => (await time()) !== stopped);
  },
  PATIENCE,
);
