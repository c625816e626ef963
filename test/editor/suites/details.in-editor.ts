// The details of a job in an editor, and in the hover of its row.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test, type TestContext } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import {
  callTool,
  chooseInRow,
  openSidebar,
  removeJobs,
  THEMES,
  untilOlder,
  untilRow,
  useTheme,
} from './tools.ts';

const NODE_ENV = { NODE: process.execPath, ELECTRON_RUN_AS_NODE: '1' };
/** How long it may take until the link in a hover is clicked. */
const HOVER_MS = 150_000;
/** A server and a child that uses the CPU. */
const SERVER = `(while :; do :; done) & exec "$NODE" -e "require('net').createServer().listen(0, '127.0.0.1', () => console.log('listening'))"`;

async function prepare(t: TestContext): Promise<void> {
  if (!hasPage) t.skip('needs a page');
  await removeJobs();
  t.after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  t.after(removeJobs);
  await openSidebar();
}

/** Evaluates code in the pages of details that can be seen. @returns the results */
function inDetails(code: string): Promise<unknown[]> {
  return inPage(async (page, code) => {
    const results = page
      .frames()
      .map((frame) => frame.evaluate(`document.getElementById('charts') && { value: ${code} }`));
    const settled = await Promise.allSettled(results);
    return settled.flatMap((each) =>
      each.status === 'fulfilled' && each.value !== null ? [(each.value as { value: unknown }).value] : [],
    );
  }, code);
}

/** Returns the text of a part of the page. */
async function textOf(id: string): Promise<string> {
  const texts = (await inDetails(`document.getElementById('${id}').innerText`)) as string[];
  return texts.at(-1) ?? '';
}

async function untilText(id: string, wanted: RegExp): Promise<void> {
  await until(`#${id} shows ${wanted}`, async () => wanted.test(await textOf(id)));
}

/** Clicks a button of the page with the mouse. */
async function clickInDetails(selector: string): Promise<void> {
  await inPage(async (page, selector) => {
    for (const frame of page.frames()) {
      const button = frame.locator(`main ${selector}`).first();
      if (
        (await frame
          .locator('#charts')
          .count()
          .catch(() => 0)) === 0
      )
        continue;
      await button.click();
      return;
    }
    throw new Error('There are no details.');
  }, selector);
}

const openDetails = (label: string): Promise<void> => chooseInRow(label, 'Job Details');

// Promise: hidden-values
test('shows CPU, memory, ports, processes, variables and runs of a job in an editor', async (t) => {
  await prepare(t);
  await callTool('execute', { command: 'exit 3', name: 'dev', wait_s: 45 });
  const env = { ...NODE_ENV, API_TOKEN: 'hunter22' };
  await callTool('execute', { command: SERVER, name: 'dev', env, regex: 'listening' });
  await untilRow('dev, ready');
  await openDetails('dev, ready');
  await untilText('title', /^dev$/);
  await untilText('status', /^running$/);
  await untilText('ports', /localhost:\d+/);
  await untilText('processes', /└ .*\d+ %/);
  await untilText('charts', /CPU[^]*[1-9]\d* % now/);
  await untilText('charts', /Memory[^]*[\d.]+ MB now/);
  const [curve] = (await inDetails(`document.querySelector('path').getAttribute('d')`)) as string[];
  assert.match(curve ?? '', /^M/);
  assert.match(await textOf('environment'), /API_TOKEN\s+ELECTRON_RUN_AS_NODE\s+NODE/);
  assert.match(await textOf('runs'), /running\s+–[^]*failed\s+3/);
  const [html] = (await inDetails('document.documentElement.outerHTML')) as string[];
  assert.doesNotMatch(html ?? '', /hunter22/);
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  for (const theme of THEMES) {
    await useTheme(t, theme);
    await screenshot(`details ${theme}`);
  }
  await clickInDetails('#runs button');
  await untilText('status', /^failed$/);
  await untilText('processes', /No process of the job is running/);
});

// That nothing is measured can only be seen after a while.
test('measures nothing while it is hidden, and nothing after the end of the job', async (t) => {
  await prepare(t);
  for (const name of ['clock', 'quiet']) await callTool('execute', { command: 'exec sleep 1000', name });
  await untilRow('quiet, running');
  await openDetails('quiet, running');
  const curve = async (): Promise<string> =>
    String((await inDetails(`document.querySelectorAll('path')[1].getAttribute('d')`)).at(-1));
  /** The parts of the curve, with a gap between two of them. A busy machine leaves gaps, too. */
  const parts = async (): Promise<number> => (await curve()).split('M').length - 1;
  await until('it has measured', async () => (await curve()).includes('L'));
  const before = await parts();
  await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
  await until('it is hidden', async () => (await inDetails('1')).length === 0);
  await untilOlder('clock', 5);
  await vscode.commands.executeCommand('workbench.action.previousEditor');
  await until('there is a gap', async () => (await parts()) > before);
  await callTool('kill', { job_ids: ['quiet'] });
  await untilText('status', /^killed$/);
  const last = await curve();
  await untilOlder('clock', 3);
  assert.equal(await curve(), last);
  await vscode.commands.executeCommand('backgroundJobs.clearFinished');
  await untilText('status', /removed from the list/);
});

// Promise: pages-show-text
test('shows hostile names and commands as text', async (t) => {
  await prepare(t);
  const hostile = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>\u202egpj`;
  await callTool('execute', {
    command: `: '${hostile.replaceAll("'", '')}'; exec sleep 1000`,
    name: hostile.slice(0, 60),
  });
  await untilRow('<img');
  await openDetails('<img');
  await untilText('title', /^<img src=x onerror=/);
  const elements = await inDetails(
    `document.querySelectorAll('main img, main script, body > script ~ script').length`,
  );
  assert.deepEqual(elements, [0]);
  assert.deepEqual(await inDetails('document.title'), ['Job Details']);
  assert.match(await textOf('command'), /<script>[^]*\ufffdgpj/);
});

test(
  'the hover of a row names earlier runs and opens the details',
  async (t) => {
    await prepare(t);
    await callTool('execute', { command: 'exit 3', name: 'hovered', wait_s: 45 });
    await callTool('execute', { command: 'exec sleep 1000', name: 'hovered' });
    await untilRow('hovered, running');
    let text = '';
    // Rows may move under the mouse, and the hover may disappear before the click.
    const clickLink = async (): Promise<boolean> => {
      text = await inPage(async (page) => {
        await page.locator('.statusbar').hover();
        await page.locator('.pane-body [role="treeitem"][aria-label^="hovered, running"]').hover();
        const hover = page.locator('.workbench-hover:visible').filter({ hasText: 'Earlier run' });
        const options = { timeout: 10_000 };
        try {
          const shown = await hover.innerText(options);
          await hover.locator('a', { hasText: 'Job Details' }).click(options);
          return shown;
        } catch {
          return '';
        }
      });
      return text !== '';
    };
    await until('the link in the hover is clicked', clickLink, HOVER_MS);
    assert.match(text.replaceAll('\u00a0', ' '), /Earlier run: failed · exit code 3/);
    await untilText('title', /^hovered$/);
  },
  { timeout: 400_000 },
);
