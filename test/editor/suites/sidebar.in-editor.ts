import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  answerInputBox,
  callTool,
  choose,
  clickRowButton,
  openSidebar,
  removeJobs,
  untilRow,
} from './tools.ts';

/** A label in the page. The tests have no types of the DOM. */
interface Label {
  readonly firstChild: { readonly data: string };
  readonly ownerDocument: { createRange(): LabelRange };
  closest(selector: string): Box;
}

interface Box {
  getBoundingClientRect(): { readonly width: number; readonly right: number };
}

interface LabelRange extends Box {
  setStart(node: unknown, at: number): void;
  setEnd(node: unknown, at: number): void;
}

const LONG = 'sleep 100 # npm run dev --workspace=packages/frontend -- --host 0.0.0.0 --port 5173 --open';

test('shows the status of a job in its row, however long its command or name', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await openSidebar();
  // The buttons of the row under the mouse cover a part of it.
  await inPage((page) => page.mouse.move(640, 5));
  await callTool('execute', { command: LONG });
  await callTool('execute', { command: 'sleep 100', name: 'w'.repeat(64) });
  for (const start of ['sleep 100 # npm', 'wwww']) {
    await untilRow(start);
    const isShown = await inPage(async (page, start) => {
      const row = page.locator(`.pane-body [role="treeitem"][aria-label^="${start}"]`).first();
      const found = row.locator('.label-description');
      return await found.evaluate((element: Label) => {
        const text = element.firstChild;
        const range = element.ownerDocument.createRange();
        range.setStart(text, 0);
        range.setEnd(text, 'running · '.length);
        const word = range.getBoundingClientRect();
        const place = element.closest('.monaco-icon-label-container').getBoundingClientRect();
        return text.data.startsWith('running') && word.width > 0 && word.right <= place.right;
      });
    }, start);
    assert.equal(isShown, true, start);
  }
  await screenshot('long-rows');
});

test('shows that a job waits for input, and answers it from its row', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await openSidebar();
  const command = `printf 'Proceed? [y/N] '; read -r answer; echo "answer $answer"; exec sleep 100`;
  await callTool('execute', { command, name: 'installer' });
  await untilRow('installer, running · waits for input');
  await inPage((page) =>
    page.locator('.pane-body [role="treeitem"][aria-label^="installer"] .codicon-keyboard').first().waitFor(),
  );
  await screenshot('waits-for-input');
  await answerInputBox('y', async () => {
    await clickRowButton('installer,', 'Answer…');
    await inPage((page) =>
      page.locator('.quick-input-widget').getByText('Proceed? [y/N]').first().waitFor({ timeout: 5000 }),
    );
  });
  assert.match(await callTool('wait', { job_ids: ['installer'], regex: 'answer' }), /answer y/);
  await inPage((page) =>
    page
      .locator('.pane-body [role="treeitem"][aria-label^="installer, running"]:not([aria-label*="waits"])')
      .waitFor(),
  );
});

test('a row that is dragged into the chat becomes context that the model reads', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await agentMode('Hello.', [{ text: 'Hello.' }]);
  await openSidebar();
  await callTool('execute', {
    command: 'echo listening on 4711; exec sleep 100',
    name: 'dragged',
    regex: 'on',
  });
  await untilRow('dragged,');
  const chip = '.interactive-input-part .chat-attached-context-attachment:visible';
  await until('it is attached', async () => {
    await inPage((page) =>
      page
        .locator('.pane-body [role="treeitem"][aria-label^="dragged,"] .monaco-icon-label')
        .dragTo(page.locator('.interactive-input-part .monaco-editor:visible').first()),
    );
    return await inPage(
      async (page, chip) => (await page.locator(chip).filter({ hasText: 'dragged.log' }).count()) > 0,
      chip,
    );
  });
  await screenshot('dragged');
  const script = [{ text: 'A server.' }];
  const { requests } = await agentMode('What is this?', script, { keepsChat: true });
  const request = requests.at(-1);
  assert.match(request?.text ?? '', /Background job dragged \(job_id [\da-f-]{36}\): ready/);
  assert.match(request?.text ?? '', /listening on 4711/);
});

test('the list of jobs is a resource of the chat', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(removeJobs);
  await callTool('execute', { command: 'exec sleep 100', name: 'in-list' });
  await choose('MCP: Browse Resources', 'All background jobs of this workspace');
  await inPage((page) =>
    page
      .locator('.editor-instance .view-line')
      .filter({ hasText: /name=in-list/ })
      .first()
      .waitFor(),
  );
  await screenshot('jobs-resource');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
