import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotOffered } from '../peer.ts';
import { Counter } from './bill.ts';
import { pollingAgent, type PollingTools } from './polling-agent.ts';
import { billToMarkdown } from './report.ts';

test('counts calls, and bytes of UTF-8 in both directions', async () => {
  const counter = new Counter(async (name) => `${name}: ✓`);
  await counter.call('list', {});
  await counter.call('list', { a: 'ä' });
  assert.deepEqual(counter.bill, {
    calls: 2,
    bytesIn: Buffer.byteLength('{"name":"list","arguments":{}}{"name":"list","arguments":{"a":"ä"}}'),
    bytesOut: 2 * Buffer.byteLength('list: ✓'),
  });
  assert.equal(counter.read, 'list: ✓list: ✓');
});

/** Each read shows one more line. The failure is on the page before the last one. */
function makeTools(pages: readonly string[]): PollingTools & { looks: number } {
  return {
    looks: 0,
    start: async () => ({ id: '1', text: 'begun' }),
    async look() {
      return ++this.looks < 2 ? 'compiling' : 'Local: http://localhost:1/';
    },
    lookAtEnd: async () => 'Tests: 1 failed',
    async *earlier() {
      yield* pages;
    },
    running: async () => ['1'],
    end: async () => undefined,
  };
}

test('polls until it has read what it needs, and pages back until it finds it', async () => {
  const tools = makeTools(['ok', 'expected 41 to be 42']);
  const agent = pollingAgent(tools);
  await agent.startServer('server');
  assert.equal(tools.looks, 2);
  await agent.findFailure('tests');
  await assert.rejects(async () => pollingAgent(makeTools(['ok'])).findFailure('tests'), NotOffered);
  await assert.rejects(async () => agent.answerPrompt('prompt'), NotOffered);
});

test('reads the errors of a compiler from its last round only', async () => {
  const rounds = ['Found 0 errors.', 'Found 0 errors. Found 3 errors.', 'Found 3 errors. Found 0 errors.'];
  const seen: string[] = [];
  let round = 0;
  const tools: PollingTools = {
    ...makeTools([]),
    async look() {
      seen.push(rounds[round] ?? '');
      return rounds[round] ?? '';
    },
  };
  const edit = async (): Promise<number> => ++round;
  await pollingAgent(tools).editAndCompile('watcher', { breakFile: edit, repairFile: edit });
  assert.deepEqual(seen, rounds);
});

test('formats the bill as a table', () => {
  const markdown = billToMarkdown({
    toolLists: { ours: 9954, other: 400 },
    tasks: [
      {
        title: 'answer',
        cells: {
          ours: { calls: 1, bytesIn: 20, bytesOut: 12_345 },
          other: { notOffered: 'It cannot send input.' },
        },
      },
    ],
  });
  assert.match(markdown, /^\| answer \| 1 call, 20 B in, 12\.3 KB out \| – It cannot send input\. \|$/m);
  assert.match(markdown, /\| 9\.95 KB \| 400 B \|/);
});
