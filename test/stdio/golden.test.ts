import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { again } from '../support/again.ts';
import { openSession } from '../support/mcp-session.ts';

/** `UPDATE_GOLDEN=1` rewrites it. */
const GOLDEN = join(import.meta.dirname, 'golden.txt');

/** One exact reply for each tool, and the most common errors. */
const CALLS: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ['list', {}],
  ['execute', { command: 'cat; echo built', name: 'build', stdin: 'closed', env: { TOKEN: 'x' } }],
  ['wait', { job_id: 'build', wait_s: 20 }],
  ['execute', { command: 'echo one; echo two; exit 3', name: 'test', wait_s: 20 }],
  [
    'execute',
    {
      command: 'seq 1 5; printf "Name? "; read name; echo "Hello $name"; exec sleep 100',
      name: 'dev',
      kill_after_s: 90,
      until: 'pattern',
      regex: 'Name\\? $',
      wait_s: 20,
    },
  ],
  ['execute', { command: 'exec sleep 100', name: 'dev' }],
  ['interact', { job_id: 'dev', input: 'Ada' }],
  ['output', { job_id: 'dev', cursor: 16 }],
  ['output', { job_id: 'dev', cursor: 99 }],
  ['tail', { job_id: 'dev', lines: 2 }],
  ['search', { job_id: 'dev', regex: '^[2H]', context: 1 }],
  ['wait', { job_id: 'dev', until: 'pattern', regex: 'Bye', cursor: 26, wait_s: 0.1 }],
  ['wait', { job_id: 'dev', until: 'pattern' }],
  ['status', { job_id: 'dev' }],
  ['restart', { job_id: 'dev' }],
  ['wait', { job_id: 'dev', regex: 'Name', wait_s: 20 }],
  ['kill', { job_id: 'dev' }],
  ['status', { job_id: 'dev' }],
  ['interact', { job_id: 'dev', input: 'x' }],
  ['execute', { command: 'kill -SEGV $$', wait_s: 20 }],
  ['list', {}],
  ['list', { status: 'killed', limit: 1 }],
  ['status', { job_id: 'nope' }],
  ['tail', { job_id: 'dev', lines: 0, line: 3 }],
];

// A busy machine may need more than the 2 s that `interact` waits for an answer.
test('each tool replies exactly as in golden.txt', (t) => again(() => checkReplies(t)));

async function checkReplies(t: TestContext): Promise<void> {
  const session = await openSession(t, { args: ['--shell', '/bin/sh', '--cwd', '/'] });
  const texts: string[] = [];
  for (const [tool, args] of CALLS) {
    const { blocks, isError } = await session.call(tool, args);
    texts.push(
      `> ${tool} ${JSON.stringify(args)}${isError ? ' (isError)' : ''}\n${blocks.join('\n---\n')}\n`,
    );
  }
  const text = withPlaceholders(texts.join('\n'));
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
  assert.equal(text, readFileSync(GOLDEN, 'utf8'));
}

/** Replaces values that differ in each run. Equal ids get equal placeholders. */
function withPlaceholders(text: string): string {
  const ids = new Map<string, string>();
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`);
      return ids.get(id) ?? id;
    })
    .replace(/\bpid=\d+/g, 'pid=<pid>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\bran=(\d+(ms|[dhms]))+/g, 'ran=<duration>')
    .replace(/\b(cpu_ms|memory_bytes)=\d+/g, '$1=<number>');
}
