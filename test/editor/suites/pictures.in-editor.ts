import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hasPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { callTool, endJobs, openOutput, openSidebar, rows, untilOutput, untilRow } from './tools.ts';

const SERVER = `printf '\\033[32mready\\033[0m in 212 ms\\n'; for page in / /about /api/jobs; do echo "GET $page 200"; done; sleep 100`;

test('takes a picture of two running and three finished jobs, with live output', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', { command: 'echo compiled 214 files', name: 'build', wait_s: 45 });
  await callTool('execute', { command: 'echo 3 of 120 failed; exit 1', name: 'test', wait_s: 45 });
  await callTool('execute', { command: 'sleep 100', name: 'lint' });
  await callTool('kill', { job_id: 'lint' });
  await callTool('execute', { command: 'sleep 100', name: 'typecheck --watch' });
  await callTool('execute', { command: SERVER, name: 'dev server', until: 'pattern', regex: 'api/jobs' });
  await openSidebar();
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await untilRow('dev server, ready');
  assert.equal((await rows()).length >= 5, true);
  await openOutput('dev server', 'ready in 212 ms');
  await untilOutput('GET /api/jobs 200');
  await screenshot('screenshot');
});
