import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../support/mcp-session.ts';
import {
  answerOf,
  LEAST_REPLY,
  run,
  shareSession,
  SOON,
  start,
  startReady,
  untilExit,
} from './support/session.ts';

const session = await shareSession();

/** Reads a log page by page with the cursors of the replies. */
async function readAll(job_id: string | undefined, args: Record<string, unknown>): Promise<Reply[]> {
  const pages: Reply[] = [];
  let cursor = 0;
  for (;;) {
    const page = await session.call('output', { job_id, ...args, cursor });
    assert.equal(page.isError, false, page.text);
    assert.equal(Number(page.facts.cursor), cursor);
    pages.push(page);
    if (page.facts.left === '0') return pages;
    assert.equal(Number(page.facts.next_cursor) > cursor, true, 'it goes on');
    cursor = Number(page.facts.next_cursor);
  }
}

const bytes = ({ text }: Reply): number => Buffer.byteLength(text);
const join = (pages: readonly Reply[]): string => pages.map(({ log }) => log).join('');

/** 200 KB of numbered lines with characters of 1 to 4 bytes. */
const LINES =
  'i=0; while [ $i -lt 4000 ]; do i=$((i + 1)); echo "$i é € 😀 abcdefghijklmnopqrstuvwxyzabcdef"; done';
const EXPECTED = Array.from(
  { length: 4000 },
  (_, at) => `${at + 1} é € 😀 abcdefghijklmnopqrstuvwxyzabcdef\n`,
).join('');

test('next_cursor reads each byte of 200 KB once, and max_bytes limits every reply', async () => {
  const { facts } = await run(session, LINES);
  for (const args of [{}, { max_bytes: 3000 }, { max_bytes: 262_144 }, { max_bytes: 5000, view: 'raw' }]) {
    const pages = await readAll(facts.id, args);
    assert.equal(join(pages) === EXPECTED, true, `${JSON.stringify(args)} brings all`);
    const most = args.max_bytes ?? 8000;
    assert.deepEqual(
      pages.map(bytes).filter((size) => size > most),
      [],
      JSON.stringify(args),
    );
    assert.equal(pages.length < (2 * EXPECTED.length) / most + 3, true, 'pages are well filled');
  }
});

test('pages of text end at a line end', async () => {
  const { facts } = await run(session, 'seq 1 3000');
  for (const { log, facts: page } of await readAll(facts.id, { max_bytes: 1000 })) {
    assert.match(log, /\d\n$/);
    assert.equal(page.partial, undefined);
    assert.equal(page.continued, undefined);
  }
});

test('left is the number of bytes that follow', async () => {
  const { facts } = await run(session, 'seq 1 3000');
  for (const { facts: page } of await readAll(facts.id, { max_bytes: 2000 })) {
    assert.equal(Number(page.next_cursor) + Number(page.left), 13_893);
  }
});

test('a line longer than a page comes in parts with its length and where it continues', async () => {
  const { facts } = await run(session, `printf '%020000d\\nend\\n' 7`);
  const pages = await readAll(facts.id, { max_bytes: 4000 });
  const parts = pages.map(({ log, facts: page }, at) => {
    if (at === pages.length - 1) return log;
    const [whole, bytes, cursor] =
      /\n\[the line is cut here: it has (\d+) bytes, and continues at cursor (\d+)\]$/.exec(log)!;
    assert.equal(bytes, '20000');
    assert.equal(cursor, page.next_cursor);
    return log.slice(0, -whole.length);
  });
  assert.equal(parts.join('') === `${'7'.padStart(20_000, '0')}\nend\n`, true);
  const marks = pages.map(({ facts: page }) => [page.continued, page.partial]);
  assert.deepEqual(marks.slice(0, 2), [
    [undefined, 'true'],
    ['true', 'true'],
  ]);
  assert.equal(marks.at(-1)?.[1], undefined);
  const raw = await session.call('output', { job_id: facts.id, view: 'raw', max_bytes: 4000 });
  assert.match(raw.log, /^0+$/);
});

test('reports that a very long line is longer than the part that was measured', async () => {
  const { facts } = await run(session, `head -c 3000000 /dev/zero | tr '\\0' x`);
  const { log } = await session.call('output', { job_id: facts.id, cursor: 1_500_000 });
  assert.match(
    log,
    /^x+\n\[the line is cut here: it has more than \d{7} bytes, and continues at cursor 15\d{5}\]$/,
  );
});

test('an unfinished last line is shown as partial, and its rest as continued', async () => {
  const { id } = await startReady(session, 'printf "not yet ready"; read x; echo " now"');
  const first = await session.call('output', { job_id: id });
  assert.equal(first.log, 'not yet ready');
  assert.equal(first.facts.partial, 'true');
  await answerOf(session, id, '');
  const second = await session.call('output', { job_id: id, cursor: 13 });
  assert.equal(second.log, ' now\n');
  assert.equal(second.facts.continued, 'true');
  assert.equal(second.facts.partial, undefined);
});

test('a cursor at the end reads nothing, and later what came after it', async () => {
  const { id } = await startReady(session, 'echo ready; read x; echo more; exec sleep 100');
  const empty = await session.call('output', { job_id: id, cursor: 6 });
  assert.equal(empty.log, '');
  assert.equal(empty.facts.next_cursor, '6');
  await answerOf(session, id, '');
  assert.equal((await session.call('output', { job_id: id, cursor: 6 })).log, 'more\n');
});

test('stream limits the output to one, with cursors of the whole log', async () => {
  // Each line waits until the one before is stored: the streams are read one after the other.
  const command = 'for i in 1 2 3; do echo o$i; read go; echo e$i >&2; read go; done';
  const { facts } = await session.call('execute', { command, stderr: 'separate' });
  for (const line of ['o1', 'e1', 'o2', 'e2', 'o3', 'e3']) {
    await session.call('wait', { job_id: facts.id, regex: line, wait_s: SOON });
    await session.call('interact', { job_id: facts.id, input: '' });
  }
  await untilExit(session, facts.id);
  const both = await session.call('output', { job_id: facts.id });
  assert.equal(both.log, 'o1\ne1\no2\ne2\no3\ne3\n');
  for (const [stream, log] of [
    ['stdout', 'o1\no2\no3\n'],
    ['stderr', 'e1\ne2\ne3\n'],
  ] as const) {
    for (const format of ['text', 'raw']) {
      const reply = await session.call('output', { job_id: facts.id, stream, format });
      assert.equal(reply.log, log);
      assert.equal(reply.facts.next_cursor, '18');
      assert.equal(reply.facts.left, '0');
    }
  }
});

test('text is what a person sees, raw is what was written', async () => {
  const printed = '\x1b[1mbold\x1b[0m\r\n10%\r50%\r100%\nab\bc\n\x1b]0;title\x07é\n';
  const escaped = printed.replace(/[^ -~]|%|\\/g, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  const { facts } = await run(session, `printf '%b' '${escaped}'`, {});
  const read = (format: string) => session.call('output', { job_id: facts.id, format });
  assert.equal((await read('text')).log, 'bold\n100%\nac\né\n');
  const raw = await read('raw');
  assert.equal(raw.log, printed);
  assert.equal(raw.facts.encoding, undefined);
});

test('raw output that is not UTF-8 comes as base64', async () => {
  const { facts } = await run(session, `printf '\\377\\000\\001\\n'`);
  const reply = await session.call('output', { job_id: facts.id, view: 'raw' });
  assert.equal(reply.facts.encoding, 'base64');
  assert.deepEqual([...Buffer.from(reply.log, 'base64')], [255, 0, 1, 10]);
});

test('200 KB of other bytes come completely, in replies within max_bytes', async () => {
  const code =
    'process.stdout.write(Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) >> 3)))';
  const { facts } = await run(session, `${JSON.stringify(process.execPath)} -e '${code}'`);
  const expected = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) >> 3));
  const pages = await readAll(facts.id, { view: 'raw', max_bytes: 20_000 });
  const parts = pages.map(({ log, facts: { encoding } }) =>
    Buffer.from(log, encoding === 'base64' ? 'base64' : 'utf8'),
  );
  assert.equal(Buffer.concat(parts).equals(expected), true);
  assert.deepEqual(
    pages.map(bytes).filter((size) => size > 20_000),
    [],
  );
});

test('max_bytes limits a reply with a long header, too', async () => {
  const name = '😀'.repeat(32);
  const { facts } = await run(session, 'seq 1 3000; exit 3', { name });
  for (const max_bytes of [LEAST_REPLY, 600, 1000]) {
    const reply = await session.call('output', { job_id: facts.id, cursor: 1000, max_bytes });
    assert.equal(bytes(reply) <= max_bytes, true, `${bytes(reply)} of ${max_bytes}`);
  }
});

test('reads a running job while it writes', async () => {
  const id = await start(session, 'i=0; while :; do i=$((i + 1)); echo $i; done', { kill_after_s: 300 });
  let cursor = 0;
  let text = '';
  while (text.length < 20_000) {
    const page = await session.call('output', { job_id: id, cursor });
    assert.equal(page.facts.status, 'running', page.text);
    cursor = Number(page.facts.next_cursor);
    text += page.log;
  }
  await session.call('kill', { job_id: id, grace_s: 0 });
  const lines = text.split('\n').slice(0, -1);
  assert.deepEqual(
    lines,
    lines.map((_, at) => String(at + 1)),
  );
});

test('a page that moves back into the line before it is that line, for reading, searching and waiting', async () => {
  const { facts } = await run(session, "printf 'prompt# \\r\\033[8Chello\\n'");
  const job = { job_id: facts.id, cursor: 8 };
  const page = await session.call('output', job);
  assert.deepEqual([page.facts.continued, page.log], ['replaces', 'prompt# hello\n']);
  const regex = '^prompt# hello$';
  assert.equal((await session.call('search', { ...job, regex })).facts.matches, '1');
  assert.equal((await session.call('wait', { ...job, regex, wait_s: SOON })).facts.reason, 'pattern');
  // What was there before the cursor is not found again.
  assert.equal((await session.call('search', { ...job, regex: '^prompt# $' })).facts.matches, '0');
});
