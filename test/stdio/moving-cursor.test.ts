import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, shareSession, SOON, start } from './support/session.ts';

const session = await shareSession();

/** What a program prints, as printf(1) takes it, and the lines of it. */
const CASES: readonly (readonly [output: string, ...lines: string[]])[] = [
  [
    'pkg-a  0%%\\npkg-b  0%%\\n\\033[2A\\rpkg-a ERROR 404\\033[K\\033[2B\\r\\033[1A\\rpkg-b ok\\033[K\\033[1B\\rAll done\\n',
    ...['pkg-a  0%', 'pkg-b  0%', 'pkg-a ERROR 404', 'pkg-b ok', 'All done'],
  ],
  ['First line\\r\\033[1BSecond\\r\\033[1BThird\\n', 'First line', 'Second', 'Third'],
  ['\\033[1;1Hone\\033[2;1Htwo\\033[3;1Hthree\\n', 'one', 'two', 'three'],
  ['one\\033Etwo\\r\\033Dthree\\r\\033Mfour!\\n', 'one', 'two', 'three', 'four!'],
  ['one\\033[1Etwo\\033[1Fagain\\n', 'one', 'two', 'again'],
  ['a\\n\\0337b\\n\\0338over\\n', 'a', 'b', 'over'],
  ['a\\n\\033[sb\\n\\033[uover\\n', 'a', 'b', 'over'],
  ['Restarting\\033cReady\\n', 'Restarting', 'Ready'],
  ['Restarting\\033[H\\033[2JReady\\n', 'Restarting', 'Ready'],
  ['Restarting\\033[2J\\033[3J\\033[HReady\\n', 'Restarting', 'Ready'],
  ['frame 1\\n\\033[H\\033[Jframe 2\\n', 'frame 1', 'frame 2'],
  ['page 1\\fpage 2\\n', 'page 1', 'page 2'],
  ['\\033[?1049h\\033[Heditor\\033[?1049lprompt\\n', 'editor', 'prompt'],
  ['a\\n\\033[1;2r\\033[2;1Hb\\nc\\033[r', 'a', 'b', 'c'],
];

for (const [output, ...lines] of CASES) {
  test(`each line that was drawn is read, found and waited for: ${output}`, async () => {
    const { log, facts } = await run(session, `printf '${output}'`);
    assert.deepEqual(log.trimEnd().split('\n'), lines);
    const tail = await session.call('tail', { job_id: facts.id, lines: lines.length });
    assert.deepEqual(tail.log.trimEnd().split('\n'), lines);
    for (const line of lines) {
      const pattern = `^${line}$`;
      const found = await session.call('search', { job_id: facts.id, pattern });
      assert.equal(found.facts.matches, '1', line);
      const waited = await session.call('wait', { job_id: facts.id, pattern, wait_s: SOON });
      assert.equal(waited.facts.reason, 'pattern', line);
    }
  });
}

test('a wait matches a line that is overwritten at once, while the job runs', async () => {
  for (const output of ['Compiled\\r\\033[2KWatching', 'Compiled\\r\\033[2K', 'Compiled\\033[H\\033[2J']) {
    const id = await start(session, `printf '${output}'; exec sleep 100`);
    const { facts } = await session.call('wait', { job_id: id, regex: '^Compiled$', wait_s: SOON });
    assert.deepEqual([facts.reason, facts.match], ['pattern', 'Compiled']);
    await session.call('kill', { job_id: id });
  }
});
