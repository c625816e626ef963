// Whatever a job prints: the card shows it as text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CardState } from '../../src/mcp/card/card-contract.ts';
import { Random } from '../fuzz/random.ts';
import { repeats } from '../support/repeats.ts';
import { openCardHost } from './card-host.ts';

const OUTPUTS = repeats(10_000, 1000);
/** Outputs that are shown at a time, in a line each. */
const LINES = 10;

const ATTACKS = [
  '<script>window.top.pwned = 1; window.pwned = 1</script>',
  '<img src=x onerror="window.pwned=1">',
  '<svg onload="window.pwned=1"><a href="javascript:window.pwned=1">x</a>',
  '<iframe src="javascript:parent.pwned=1"></iframe>',
  '<style>*{display:none}</style><base href="http://evil.example/">',
  '<link rel=stylesheet href="http://evil.example/x.css"><meta http-equiv=refresh content="0;url=http://evil.example">',
  '</div></pre></main></body><script>pwned=1</script>',
  '<!--',
  '-->',
  '<![CDATA[',
  '&lt;script&gt;',
  '\0',
  '\u202E',
  '\u2066\u2069',
  '\u200B\uFEFF',
  '\uD800',
  '%POLICY%',
  '\x1b]8;;javascript:window.pwned=1\x1b\\link\x1b]8;;\x1b\\',
  '\x1b[38;2;1;2;3;url(http://evil.example)m',
  '\x1b[31;expression(pwned=1)m',
  '\x1b]0;<script>',
  '\x1b[9999999999C',
  '\x1b[99999G',
  '\r',
  '\n',
  '\t',
  '\b',
  '\x9b31m',
  '"\'`',
  '${pwned=1}',
  'x'.repeat(5000),
  'é👩\u200d💻',
];

// Promise: pages-show-text
test(`shows ${OUTPUTS} hostile outputs as text: no script runs, no element escapes`, async (t) => {
  const host = await openCardHost(t);
  const requests: string[] = [];
  host.page.on('request', (request) => requests.push(request.url()));
  const frame = await host.show('execute', { command: 'true', wait_s: 45 });
  await frame.evaluate(`
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
    window.shape = () => [...document.querySelectorAll('*')].map((each) => each.localName + '.' + each.id).filter((each) => !/^(div|span)\\.$/.test(each)).join();
  `);
  const shape = await frame.evaluate('window.shape()');
  const random = new Random(1);
  const output = (): string =>
    Array.from({ length: 1 + random.below(12) }, () => random.pick(ATTACKS)).join(
      random.pick(['', ' ', '\n']),
    );
  let state: Partial<CardState> = {};
  let answered = 0;
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  host.answer = (params) => {
    if (params.name !== 'job_card_state') return Promise.resolve({ content: [] });
    answered++;
    if (answered * LINES >= OUTPUTS) finish();
    state = {
      ...{
        id: crypto.randomUUID(),
        name: output(),
        command: output(),
        status: 'running',
        ranMs: 1,
        ports: [],
      },
      ...{
        printed: answered,
        tail: Array.from({ length: LINES }, output).join('\n'),
        takesInput: true,
        canOpen: true,
      },
    };
    return Promise.resolve({ content: [], structuredContent: { ...state } });
  };
  // The pause between two states is of no interest here.
  await frame.evaluate(
    'window.setTimeout = (run) => { const channel = new MessageChannel(); channel.port1.onmessage = run; channel.port2.postMessage(0); return 1; }',
  );
  const id = crypto.randomUUID();
  await host.page.evaluate(
    `bridge.sendToolResult({ content: [{ type: 'text', text: 'id=${id} status=running' }] })`,
  );
  await finished;
  assert.equal(await frame.evaluate('window.pwned'), undefined);
  assert.equal(await host.page.evaluate('window.pwned'), undefined);
  assert.equal(await frame.evaluate('window.shape()'), shape);
  assert.deepEqual(await frame.evaluate('violations'), []);
  assert.deepEqual(host.reports, []);
  assert.deepEqual(
    requests.filter((url) => !url.startsWith('about:')),
    [],
  );
  t.diagnostic(`${answered * LINES} outputs, ${host.reports.length} reports of the content security policy`);
});

test('its own policy forbids scripts and requests that the page does not have', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', { command: 'true', wait_s: 45 });
  const violated = await frame.evaluate(`new Promise((resolve) => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      seen.push(effectiveDirective);
      if (seen.length === 3) resolve(seen.sort());
    });
    const script = document.createElement('script');
    script.textContent = 'window.pwned = 1';
    document.body.append(script);
    fetch('http://127.0.0.1:1/').catch(() => undefined);
    const image = new Image();
    image.src = 'http://127.0.0.1:1/x.png';
  })`);
  assert.deepEqual(violated, ['connect-src', 'img-src', 'script-src-elem']);
  assert.equal(await frame.evaluate('window.pwned'), undefined);
});

test('shows a line of 1 MB without delay', async (t) => {
  const host = await openCardHost(t);
  const frame = await host.show('execute', {
    command: String.raw`head -c 1000000 /dev/zero | tr '\0' '<'; echo; echo last`,
    wait_s: 45,
  });
  await frame.locator('#output', { hasText: 'last' }).waitFor();
  const lines = await frame.locator('#output div').allInnerTexts();
  assert.equal(lines.at(-1), 'last');
  assert.ok((lines.at(-2) ?? '').length <= 401);
});

/** MB of output. */
const VOLUME = repeats(1000, 100);

test(`follows a job that prints ${VOLUME} MB, and kills it`, async (t) => {
  const host = await openCardHost(t);
  const line = 'x'.repeat(99);
  const command = `yes ${line} | head -c ${VOLUME}000000; echo; echo the end; exec sleep 100`;
  const frame = await host.show('execute', { command, name: 'big', wait_s: 0 });
  await frame.locator('#output', { hasText: line }).waitFor();
  await frame.locator('#output', { hasText: 'the end' }).waitFor();
  assert.ok((await frame.locator('#output div').count()) <= 12);
  await frame.locator('#kill').click();
  await frame.locator('#status', { hasText: 'was killed by the user' }).waitFor();
  assert.equal(host.manager.jobs.get('big').status, 'killed');
});
