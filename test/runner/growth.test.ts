import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { RunnerLink } from '../../src/jobs/runners/runner-link.ts';
import type { Growth } from '../../src/protocol/messages.ts';
import { makeSpec, startJob, startRunner } from '../support/runner.ts';

/** Starts a job that runs each line of its input, and collects its notices until the log has an end. */
async function openShell(t: TestContext) {
  const link: RunnerLink = await (await startRunner(t)).connect();
  const { id } = await startJob(
    link,
    makeSpec('while read -r line; do eval "$line"; done', { stdin: 'open' }),
  );
  const notices: Growth[] = [];
  link.on('grew', (growth) => notices.push(growth));
  const untilEnd = async (end: number): Promise<Growth[]> => {
    while ((notices.at(-1)?.end ?? 0) < end) await once(link, 'grew');
    return notices.splice(0);
  };
  const run = async (line: string): Promise<void> => {
    assert.equal(await link.write({ id, text: `${line}\n`, eof: false }), 'written');
  };
  return { link, id, run, untilEnd };
}

/** Joins the output in notices, and checks that it has no gaps. */
function outputOf(notices: readonly Growth[], from: number): string {
  let [cursor, output] = [from, ''];
  for (const { pieces = [], end } of notices) {
    for (const { stream, offset, text } of pieces) {
      assert.equal(offset, cursor);
      cursor += text.length;
      output += `${stream}: ${Buffer.from(text, 'latin1').toString()}`;
    }
    if (pieces.length > 0) assert.equal(cursor, end);
  }
  return output;
}

test('sends the output of each stream to a client that watches it, and only while it does', async (t) => {
  const { link, id, run, untilEnd } = await openShell(t);
  link.watch(id, true);
  await run('echo grün');
  const notices = await untilEnd(6);
  // Of two streams with output, either may be read first.
  await run('echo bad >&2');
  notices.push(...(await untilEnd(10)));
  assert.equal(outputOf(notices, 0), 'stdout: grün\nstderr: bad\n');
  link.unwatch(id, true);
  link.watch(id);
  await run('echo more');
  assert.deepEqual(
    (await untilEnd(15)).flatMap(({ pieces = [] }) => pieces),
    [],
  );
});

test('sends only the end of output that is long', async (t) => {
  const { link, id, run, untilEnd } = await openShell(t);
  link.watch(id, true);
  await run('head -c 200000 /dev/zero');
  const notices = await untilEnd(200_000);
  for (const { pieces = [] } of notices)
    assert.ok(pieces.reduce((sum, { text }) => sum + text.length, 0) <= 16 * 1024);
  await run('echo short');
  assert.equal(outputOf(await untilEnd(200_006), 200_000), 'stdout: short\n');
});

test('a watch without output still reports growth after one with output has ended', async (t) => {
  const { link, id, run, untilEnd } = await openShell(t);
  link.watch(id);
  link.watch(id, true);
  await run('echo one');
  assert.equal(outputOf(await untilEnd(4), 0), 'stdout: one\n');
  link.unwatch(id, true);
  await run('echo two');
  assert.equal((await untilEnd(8)).at(-1)?.end, 8);
});
