import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { agentMode } from '../inside/agent-mode.ts';
import { hasPage, inPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { callTool, choose, endJobs, fact } from './tools.ts';

/** A server that takes its time before it listens, and prints nothing. */
const SLOW_SERVER = `setTimeout(() => require("http").createServer((_, r) => r.end("hello")).listen(process.argv[1], "127.0.0.1"), 700)`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('agent mode starts a dev server and gets control when it answers, with no call in between', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  const port = await freePort();
  const { results, requests } = await agentMode('Start the dev server.', [
    {
      tool: 'execute',
      input: { command: `'${process.execPath}' -e '${SLOW_SERVER}' ${port}`, name: 'slow', port },
    },
    { text: 'It is ready.' },
  ]);
  assert.equal(results.length, 1);
  assert.equal(requests.length, 2, 'one call, one answer');
  assert.equal(fact(results[0]!, 'reason'), 'port');
  assert.equal(fact(results[0]!, 'port_of_job'), 'true');
  assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), 'hello');
});

test('from Browse Resources the log of a job opens, and follows', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await callTool('execute', {
    command: 'echo first line; while read line; do echo "got $line"; done',
    name: 'followed',
    pattern: 'first',
  });
  await choose('MCP: Browse Resources', 'followed (log)');
  const shows = (text: string): Promise<void> =>
    inPage(async (page, text) => {
      await page
        .locator('.editor-instance .view-line')
        .filter({ hasText: new RegExp(`^${text.replaceAll(' ', '\\s')}$`) })
        .first()
        .waitFor();
    }, text);
  await shows('first line');
  await callTool('interact', { job_id: 'followed', input: 'news' });
  await shows('got news');
  await screenshot('resource');
});
