import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
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
  endJobs,
  fact,
  openOutput,
  openSidebar,
  rows,
  untilOutput,
  untilRow,
} from './tools.ts';

const EXTENSION = 'agent-tools.background-jobs';

test('is active before its view is opened, and has started no runner', async () => {
  await until('it is active', () => vscode.extensions.getExtension(EXTENSION)?.isActive === true);
  // The code that runs jobs is loaded at its first use.
  const dist = join(vscode.extensions.getExtension(EXTENSION)!.extensionPath, 'dist');
  const modules = modulesIn(dist);
  assert.ok(modules.includes('extension.js'));
  const { outputs } = JSON.parse(readFileSync(join(dist, 'metafile.json'), 'utf8')) as Metafile;
  const sources = modules.flatMap((name) => Object.keys(outputs[`dist/${name}`]!.inputs));
  assert.ok(sources.includes('src/ui/tree/job-tree.ts'));
  // Only the socket at which the Agent Host finds the window is opened, which src/mcp/attach/ does.
  const later =
    /^node_modules\/(?!get-east-asian-width\/)|^src\/jobs\/manager\.ts$|^src\/(runner|policy\/policy-worker|ui\/start\/run-)|^src\/mcp\/(?!attach\/)/;
  assert.deepEqual(
    sources.filter((path) => later.test(path)),
    [],
  );
});

/** Returns the names of the modules in a folder that this process has loaded. */
function modulesIn(folder: string): string[] {
  const prefix = `${pathToFileURL(folder).href}/`;
  const names: string[] = [];
  const session = new Session();
  session.connect();
  session.on(
    'Debugger.scriptParsed',
    ({ params: { url } }: { params: Debugger.ScriptParsedEventDataType }) => {
      if (url.startsWith(prefix)) names.push(url.slice(prefix.length));
    },
  );
  // Reports every script that is already there.
  session.post('Debugger.enable');
  session.disconnect();
  return names;
}

test('explains in the empty view what to do', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await openSidebar();
  await inPage((page) => page.getByText('No background jobs yet').waitFor());
  await screenshot('empty');
});

test('acts on the same job from agent mode, the palette and the tree', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const { results } = await agentMode('Start the server and look at it.', [
    {
      tool: 'execute',
      input: { command: 'echo listening; read line; echo "got $line"; sleep 100', name: 'agent-server' },
    },
    { tool: 'wait', input: { job_ids: ['agent-server'], until: 'pattern', regex: 'listening' } },
    { tool: 'execute', input: { command: 'sleep 100', name: 'other' } },
    { tool: 'kill', input: { job_id: 'other' } },
    { tool: 'output', input: { job_id: 'agent-server' } },
    { text: 'It listens.' },
  ]);
  assert.equal(fact(results[1]!, 'reason'), 'pattern');
  assert.equal(fact(results[3]!, 'status'), 'killed');
  assert.equal(fact(results[3]!, 'survivors'), '0');
  assert.match(results[4]!, /\nlistening\n/);
  await screenshot('agent-mode');

  // The same job in the tree.
  await openSidebar();
  await untilRow('agent-server, running');
  await untilRow('other, killed · SIGTERM');
  const labels = await rows();
  assert.ok(labels[0]!.startsWith('agent-server'), 'running jobs come first');

  // Its output in a channel, by a click on the row.
  await openOutput('agent-server', 'listening');

  // Input by the button of the row.
  await untilRow('agent-server, running · waits for input');
  await answerInputBox('from a person', () => clickRowButton('agent-server', 'Answer…'));
  await untilOutput('got from a person');
  assert.match(await callTool('output', { job_id: 'agent-server' }), /got from a person/);
  await screenshot('output');

  // Kill from the palette, where the job is picked from a list.
  await choose('Background Jobs: Kill', 'agent-server');
  await untilRow('agent-server, killed');
  assert.equal(fact(await callTool('status', { job_id: 'agent-server' }), 'ended_by'), 'person');
});

test('lets the agent see and kill a job that the user started', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await openSidebar();
  await answerInputBox('echo started by hand; sleep 100', () =>
    choose('Background Jobs: Run Command in Background'),
  );
  await untilOutput('started by hand');
  await untilRow('echo started by hand');
  const list = await callTool('list');
  assert.match(list, /command="echo started by hand; sleep 100"/);
  const id = /^id=(\S+).*started by hand/m.exec(list)![1]!;
  assert.equal(fact(await callTool('kill', { job_id: id }), 'ended_by'), 'agent');
  await untilRow('echo started by hand');
});

test('restarts a job with the button of its row', async (t) => {
  if (!hasPage) t.skip('needs a page');
  await callTool('execute', { command: 'echo run; exit 3', name: 'again', wait_s: 45 });
  await openSidebar();
  await untilRow('again, failed · exit code 3');
  const count = async (): Promise<number> =>
    (await rows()).filter((label) => label.startsWith('again, failed')).length;
  let clicks = 0;
  await until(
    'there are two',
    async () => {
      // VS Code passes no row if the tree is being redrawn. Then the command opens a list, as from the palette.
      await inPage((page) => page.keyboard.press('Escape'));
      clicks++;
      await clickRowButton('again', 'Restart');
      return await until('the row is visible', async () => (await count()) > 1, 20_000).then(
        () => true,
        () => false,
      );
    },
    120_000,
  );
  assert.ok((await count()) <= 1 + clicks);
});

test('reports refused calls and stays alive', async () => {
  assert.match(await callTool('execute', { command: ' ' }), /^Error: The command is empty/);
  assert.match(
    await callTool('execute', { command: 'true', cwd: '/no/such/folder' }),
    /^Error: The folder .* does not exist/,
  );
  assert.match(await callTool('output', { job_id: 'nobody' }), /^Error: There is no job "nobody"/);
  assert.match(await callTool('list'), /^running=/);
});

test('reads limits from the settings and applies changes immediately', async (t) => {
  const settings = vscode.workspace.getConfiguration('backgroundJobs');
  await settings.update('maxConcurrentJobs', 1, vscode.ConfigurationTarget.Global);
  t.after(endJobs);
  t.after(() => settings.update('maxConcurrentJobs', undefined, vscode.ConfigurationTarget.Global));
  await callTool('execute', { command: 'sleep 100', name: 'only' });
  const reply = await callTool('execute', { command: 'sleep 100', name: 'next' });
  assert.match(reply, / status=queued queue_position=1\n\[1 job runs, which is the limit .*"only"/);
  await settings.update('maxConcurrentJobs', 2, vscode.ConfigurationTarget.Global);
  await until('it runs', async () => (await callTool('list')).startsWith('running=2 '));
});

test('runs jobs in the workspace folder, without the variables of VS Code', async () => {
  const reply = await callTool('execute', { command: 'pwd; env', wait_s: 45 });
  const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  assert.ok(reply.includes(`\n${folder}\n`), reply);
  assert.doesNotMatch(reply, /^(VSCODE_|ELECTRON_)/m);
});
