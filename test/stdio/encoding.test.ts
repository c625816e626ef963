import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, shareSession, SOON, start } from './support/session.ts';

const session = await shareSession();

/** printf(1) escapes of bytes. */
function octal(bytes: readonly number[]): string {
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

const CHINESE = octal([0xc4, 0xe3, 0xba, 0xc3]);

test('the output of a job is read in the encoding that was given', async () => {
  const cases = [
    ['GB2312', CHINESE, '你好', 'gbk'],
    ['CP1252', octal([0x80, 0xe4]), '€ä', 'windows-1252'],
    ['latin1', octal([0x93, 0x71, 0x94, 0x96, 0x99]), '“q”–™', 'windows-1252'],
    ['sjis', octal([0x93, 0xfa, 0x83, 0x5c]), '日ソ', 'shift_jis'],
    ['utf-16le', octal([0x60, 0x4f, 0x0a, 0x00]), '你', 'utf-16le'],
  ] as const;
  for (const [encoding, bytes, text, name] of cases) {
    const { log, facts } = await run(session, `printf '${bytes}'`, { encoding });
    assert.equal(log.trimEnd(), text);
    const tail = await session.call('tail', { job_id: facts.id });
    assert.equal(tail.log.trimEnd(), text);
    const found = await session.call('search', { job_id: facts.id, regex: `^${text}$` });
    assert.equal(found.facts.matches, '1');
    const status = await session.call('status', { job_id: facts.id });
    assert.match(status.text, new RegExp(`encoding=${name}`));
  }
});

test('a wait matches text in the encoding of the job, and a restart keeps it', async () => {
  const id = await start(session, `printf '${CHINESE}\\n'; exec sleep 100`, { encoding: 'gbk' });
  const wait = async (job: string) => {
    const { facts } = await session.call('wait', { job_id: job, regex: '^你好$', wait_s: SOON });
    return facts.reason;
  };
  assert.equal(await wait(id), 'pattern');
  const { facts } = await session.call('restart', { job_id: id });
  assert.notEqual(facts.id, id);
  assert.equal(await wait(facts.id as string), 'pattern');
  await session.call('kill', { job_id: facts.id });
});

test('raw output stays as it is, and a page ends at a whole character', async () => {
  const { facts } = await run(session, `printf 'ab${CHINESE}${CHINESE}'`, { encoding: 'gbk' });
  const page = await session.call('output', { job_id: facts.id, view: 'raw' });
  assert.equal(page.facts.next_cursor, '10');
  const half = await session.call('output', { job_id: facts.id, cursor: 3 });
  assert.equal(half.log, '你好你好', 'a cursor inside a character');
});

test('an encoding that is not known is an error that names some', async () => {
  for (const encoding of ['cp437', 'no\nsuch', '']) {
    const { isError, text } = await session.call('execute', { command: 'true', encoding });
    assert.equal(isError, true);
    assert.match(text, /^Error: The encoding ".*" is not supported\. Use one such as gbk, .*utf-16le\.$/);
  }
});

test('UTF-16 is recognized by its byte order mark, and a mark of UTF-8 is not shown', async () => {
  const utf16 = [...Buffer.from('\ufeffgrün 漢字\r\nready\r\n', 'utf16le')];
  const wide = await run(session, `printf '${octal(utf16)}'`);
  assert.equal(wide.log, 'grün 漢字\nready\n');
  const narrow = await run(session, `printf '\\357\\273\\277ready\\n'`);
  assert.equal(narrow.log, 'ready\n');
  for (const { facts } of [wide, narrow]) {
    const { facts: found } = await session.call('search', { job_id: facts.id, regex: '^ready$' });
    assert.equal(found.matches, '1');
  }
});
