import assert from 'node:assert/strict';
import { test } from 'node:test';
import { again } from '../support/again.ts';
import { isLong } from '../support/repeats.ts';
import { eventually } from './support/processes.ts';
import { LEAST_REPLY, run, shareSession, SOON, start, startReady, untilExit } from './support/session.ts';

const session = await shareSession();

test('shows matches as grep -n does, with cursors and the lines around', async () => {
  const { facts } = await run(session, 'for i in $(seq 1 9); do echo line $i; done');
  const reply = await session.call('search', { job_id: facts.id, regex: 'line 5', context: 1 });
  assert.equal(reply.log, '4@21-line 4\n5@28:line 5\n6@35-line 6');
  assert.equal(reply.facts.id, facts.id);
  assert.equal(reply.facts.status, 'completed');
  assert.equal(reply.facts.matches, '1');
  assert.equal(reply.facts.lines_searched, '9');
  assert.equal(reply.facts.more, undefined);
});

test('shows two lines around each match by default, none with context=0, each line once', async () => {
  const { facts } = await run(session, 'seq 1 20');
  const search = async (args: object) =>
    (await session.call('search', { job_id: facts.id, regex: '^(5|7|15)$', ...args })).log.replace(
      /@\d+/g,
      '',
    );
  assert.equal(await search({ context: 0 }), '5:5\n7:7\n15:15');
  assert.equal(await search({}), '3-3\n4-4\n5:5\n6-6\n7:7\n8-8\n9-9\n--\n13-13\n14-14\n15:15\n16-16\n17-17');
});

test('the cursor of a match can be read from', async () => {
  const { facts } = await run(session, 'echo é; echo fault; echo after');
  const { log } = await session.call('search', { job_id: facts.id, regex: 'fault', context: 0 });
  assert.equal(log, '2@3:fault');
  assert.equal((await session.call('output', { job_id: facts.id, cursor: 3 })).log, 'fault\nafter\n');
});

test('a regex may be JavaScript code with its flags, in each tool', async () => {
  const command = 'echo "an err"; exec sleep 100';
  const started = await session.call('execute', { command, regex: '/ERR$/i', wait_s: SOON });
  assert.deepEqual([started.facts.reason, started.facts.match], ['pattern', 'an err']);
  assert.notEqual(started.facts.ready_since, undefined);
  const job_id = started.facts.id;
  assert.equal((await session.call('search', { job_id, regex: '/ERR/gi' })).log, '1@0:an err');
  assert.equal((await session.call('wait', { job_id, regex: '/AN/i', wait_s: SOON })).facts.match, 'an err');
  const watched = await session.call('execute', { command, name: 'code', notify: ['match:/ERR/i'] });
  // The reply to the start itself may tell it.
  let { news } = watched;
  await eventually('the line is told', async () => {
    const isTold = news?.includes('"code" printed "an err"') === true;
    if (!isTold) ({ news } = await session.call('search', { job_id, regex: 'x' }));
    return isTold;
  });
  await session.call('kill', { job_ids: [job_id, watched.facts.id] });
});

test('slashes without such flags are searched for, and a reply that found nothing says so', async () => {
  const { facts } = await run(session, 'echo ERR; echo GET /api/v1/users');
  const job_id = facts.id;
  assert.equal(
    (await session.call('search', { job_id, regex: '/v1/', context: 0 })).log,
    '2@4:GET /api/v1/users',
  );
  assert.equal((await session.call('search', { job_id, regex: '/v1/' })).blocks.length, 1);
  const advice = 'The slashes of the regex are part of what is searched for. Without them, pass "ERR".';
  const found = await session.call('search', { job_id, regex: '/ERR/' });
  assert.deepEqual([found.facts.matches, found.blocks[1]], ['0', `[${advice}]`]);
  const ended = await session.call('wait', { job_id, regex: '/ERR/m' });
  assert.deepEqual([ended.facts.reason, ended.blocks[1]], ['exit', `[${advice}]`]);
  const { id } = await startReady(session, 'echo ready ERR; exec sleep 100');
  const late = await session.call('wait', { job_id: id, regex: '/ERR/', wait_s: 0.1 });
  assert.ok(late.blocks[1]?.startsWith(`${advice} The condition is not met yet.`), late.blocks[1]);
});

test('reports the counts if nothing matches', async () => {
  const { facts } = await run(session, 'seq 1 10');
  const reply = await session.call('search', { job_id: facts.id, regex: 'x' });
  assert.equal(reply.isError, false);
  assert.equal(reply.facts.matches, '0');
  assert.equal(reply.facts.lines_searched, '10');
  assert.equal(reply.log, '');
});

test('max_matches limits the matches, and next_cursor continues after the last one', async () => {
  const { facts } = await run(session, 'seq 1 50');
  const args = { job_id: facts.id, regex: '0$', max_matches: 3, context: 0 };
  const first = await session.call('search', args);
  assert.equal(first.facts.matches, '3');
  assert.equal(first.facts.more, 'true');
  const second = await session.call('search', { ...args, cursor: Number(first.facts.next_cursor) });
  assert.equal(second.facts.matches, '2');
  assert.equal(second.facts.more, undefined);
  const found = `${first.log}\n${second.log}`.split('\n').map((line) => line.replace(/^.*:/, ''));
  assert.deepEqual(found, ['10', '20', '30', '40', '50']);
});

test('max_bytes limits the reply, whatever the lines around a match', async () => {
  const { facts } = await run(session, `for i in $(seq 1 60); do printf '%0300d\\n' $i; done`);
  const least = LEAST_REPLY;
  for (const args of [{ max_bytes: 8000 }, { max_bytes: 2000 }, { max_bytes: least, context: 20 }]) {
    const { text, facts: found } = await session.call('search', {
      job_id: facts.id,
      regex: '[05]$',
      ...args,
    });
    assert.equal(Buffer.byteLength(text) <= args.max_bytes, true, `${Buffer.byteLength(text)} bytes`);
    assert.equal(found.more, 'true');
    assert.equal(Number(found.matches) >= 1, true);
  }
});

test('next_cursor reaches all matches', async () => {
  const { facts } = await run(session, 'seq 1 1500');
  const found: string[] = [];
  for (let cursor: number | undefined = 0; cursor !== undefined;) {
    const args = { job_id: facts.id, regex: '^\\d*7$', context: 1, max_bytes: 1000, cursor };
    const reply = await session.call('search', args);
    found.push(...[...reply.log.matchAll(/^\d+@\d+:(\d+)$/gm)].map(([, line = '']) => line));
    cursor = reply.facts.more === 'true' ? Number(reply.facts.next_cursor) : undefined;
  }
  assert.deepEqual(
    found,
    Array.from({ length: 150 }, (_, at) => String(at * 10 + 7)),
  );
});

test('stream limits the reply to one stream', async () => {
  const { facts } = await run(session, 'echo out; echo err >&2', { stderr: 'separate' });
  const search = (stream: string) =>
    session.call('search', { job_id: facts.id, regex: '.', stream, context: 0 });
  assert.match((await search('stdout')).log, /^1@\d:out$/);
  assert.match((await search('stderr')).log, /^1@\d:err$/);
  assert.equal((await search('both')).facts.matches, '2');
});

test('searches lines without color codes, and an unfinished last line', async () => {
  const { id } = await startReady(session, `printf '\\033[31mER\\033[0mROR\\nready> '; read x`);
  const search = async (pattern: string) =>
    (await session.call('search', { job_id: id, pattern })).facts.matches;
  assert.equal(await search('^ERROR$'), '1');
  assert.equal(await search('^ready> $'), '1');
});

test('shows the part of a long line around the match, and its length', async () => {
  const { facts } = await run(session, `printf '%01000d%01000d\\n' 7 8`);
  const find = async (pattern: string) =>
    (await session.call('search', { job_id: facts.id, pattern, context: 0 })).log;
  assert.match(await find('^0'), /^1@0:0{500}…\[the line has 2000 bytes\]$/);
  assert.match(await find('7'), /^1@0:…0+70+…\[the line has 2000 bytes\]$/);
  assert.match(await find('8'), /^1@0:…0+8\[the line has 2000 bytes\]$/);
  const waited = await session.call('wait', { job_id: facts.id, regex: '7', wait_s: SOON });
  assert.match(waited.facts.match!, /^…0+70+…\[the line has 2000 bytes\]$/);
});

test('a pattern can begin with flags, as in other dialects', async () => {
  const { facts } = await run(session, 'echo Error; echo ok');
  const find = async (pattern: string) =>
    (await session.call('search', { job_id: facts.id, pattern })).facts.matches;
  assert.equal(await find('error'), '0');
  assert.equal(await find('(?i)error'), '1');
  assert.equal(await find('(?is)ERROR|OK'), '2');
});

test('continuing finds the matches that did not fit, and cuts no line of the other stream', async () => {
  // Each line of one stream begins before, and ends after, a line of the other.
  const { facts } = await run(
    session,
    'for i in $(seq 100 199); do printf "error $i"; sleep 0.002; echo "warn $i begins and ends" >&2; sleep 0.002; echo " out"; done',
    { stderr: 'separate' },
  );
  const found: string[] = [];
  for (let cursor: number | undefined = 0; cursor !== undefined;) {
    const args = {
      job_id: facts.id,
      regex: '^(error|warn) \\d+ ',
      context: 0,
      max_bytes: 1000,
      max_matches: 1000,
      cursor,
    };
    const reply = await session.call('search', args);
    found.push(...[...reply.log.matchAll(/^\d+@\d+:(.*)$/gm)].map(([, line = '']) => line));
    cursor = reply.facts.more === 'true' ? Number(reply.facts.next_cursor) : undefined;
  }
  const expected = Array.from({ length: 100 }, (_, at) => at + 100);
  assert.deepEqual(found.toSorted(), [
    ...expected.map((i) => `error ${i} out`),
    ...expected.map((i) => `warn ${i} begins and ends`),
  ]);
});

test('answers other calls while it searches a long log', async () => {
  const { facts } = await run(session, 'seq 1 800000');
  // A server that gets no processor meanwhile sees the result of the search first.
  await again(async () => {
    const order: string[] = [];
    const searching = session
      .call('search', { job_id: facts.id, regex: '^800000$', context: 0 })
      .then((reply) => (order.push('search'), reply));
    await session.call('list').then(() => order.push('list'));
    assert.equal((await searching).facts.lines_searched, '800000');
    assert.deepEqual(order, ['list', 'search']);
  });
});

test('returns before the client gives up, and continues from there', { skip: !isLong }, async () => {
  const { facts } = await run(session, 'seq 1 12000000');
  const args = { job_id: facts.id, regex: '^11999999$', context: 0 };
  const cursors = [0];
  for (;;) {
    const reply = await session.call('search', { ...args, cursor: cursors.at(-1) });
    cursors.push(Number(reply.facts.next_cursor));
    if (reply.facts.more === undefined) {
      assert.equal(reply.facts.matches, '1');
      break;
    }
    assert.match(reply.text, /\[The search stopped after 15 s\. Pass next_cursor/);
  }
  assert.ok(cursors.length > 2);
  assert.deepEqual(
    cursors.toSorted((a, b) => a - b),
    cursors,
  );
});

test('a search from next_cursor does not repeat matches while the other stream is in the middle of a line', async () => {
  const id = await start(
    session,
    "printf 'o1\\npout'; read x; for i in 1 2 3; do echo err $i >&2; done; read x; echo err 4 >&2; read x",
    {
      stderr: 'separate',
    },
  );
  await session.call('wait', { job_id: id, regex: 'pout', wait_s: SOON });
  await session.call('interact', { job_id: id, input: '' });
  await session.call('wait', { job_id: id, regex: 'err 3', wait_s: SOON });
  const search = (cursor: number) =>
    session.call('search', { job_id: id, regex: 'err|pout', context: 0, cursor });
  const first = await search(0);
  assert.equal(first.facts.matches, '4');
  const second = await search(Number(first.facts.next_cursor));
  assert.deepEqual([second.facts.matches, second.facts.next_cursor], ['0', first.facts.next_cursor]);
  await session.call('interact', { job_id: id, input: '' });
  await session.call('wait', { job_id: id, regex: 'err 4', wait_s: SOON });
  const third = await search(Number(first.facts.next_cursor));
  assert.match(third.log, /^1@\d+:err 4$/);
});

test('a search from next_cursor repeats an unfinished line while the job runs, since it may continue', async () => {
  const id = await start(session, "printf 'o1\\nsure?'; read x; echo ' yes'");
  await session.call('wait', { job_id: id, regex: 'sure', wait_s: SOON });
  const search = (cursor: number) =>
    session.call('search', { job_id: id, regex: 'sure', context: 0, cursor });
  const first = await search(0);
  assert.match(first.log, /:sure\?$/);
  await session.call('interact', { job_id: id, input: '' });
  await untilExit(session, id);
  const second = await search(Number(first.facts.next_cursor));
  assert.match(second.log, /:sure\? yes$/);
  assert.equal((await search(Number(second.facts.next_cursor))).facts.matches, '0');
});

test('a search from next_cursor does not repeat the last line of a finished job', async () => {
  const { facts } = await run(session, "printf 'o1\\nlast'");
  const search = (cursor: number) => session.call('search', { job_id: facts.id, regex: 'last', cursor });
  const first = await search(0);
  assert.deepEqual([first.facts.matches, first.facts.next_cursor], ['1', '7']);
  assert.equal((await search(7)).facts.matches, '0');
});
