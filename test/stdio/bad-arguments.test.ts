import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, prepare, run, shareSession, startReady, withoutEffect } from './support/session.ts';

/** The keywords of JSON Schema that the tools use. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
}

/** Values out of bounds, by parameter. The definitions leave the bounds out (see portable-schemas.test.ts). */
const OUT_OF_BOUNDS: Readonly<Record<string, readonly unknown[]>> = {
  after: [[]],
  context: [-1, 21],
  cursor: [-1],
  cursors: [[-1]],
  grace_s: [-1, 31],
  job_ids: [[], Array(21).fill('bystander')],
  keys: [[], Array(1001).fill('enter')],
  kill_after_s: [-1, 0, 2_147_484],
  limit: [0, 1001],
  lines: [0, 1001],
  max_bytes: [999, 262_145],
  max_matches: [0, 1001],
  name: ['x'.repeat(65)],
  notify: [[]],
  port: [0, 65_536],
  problems: [[]],
  quiet_ms: [49, 60_001],
  regex: ['x'.repeat(1001)],
  wait_s: [-1, 51],
};

const session = await shareSession();
const { tools } = await prepare(session, async () => {
  await startReady(session, 'echo ready; cat', { name: 'bystander' });
  return session.client.listTools();
});

/** Valid values of the required parameters. */
const REQUIRED: Readonly<Record<string, unknown>> = {
  job_id: 'bystander',
  job_ids: ['bystander'],
  command: 'true',
  regex: 'x',
};

/** Values of each JSON type. Null is missing, since it means that a parameter is absent. */
const SAMPLES: readonly (readonly [type: string, value: unknown])[] = [
  ['string', 'x'],
  ['number', 1.5],
  ['boolean', true],
  ['array', []],
  ['array', [[]]],
  ['array', [{}]],
  ['object', {}],
  ['object', { x: [] }],
];
/** Types whose values are read as their text where text is expected. */
const READ_AS_TEXT = ['number', 'boolean'];

/** Texts that a careless conversion takes for numbers. */
const NUMBER_LIKE = ['', ' ', 'NaN', 'Infinity', '0x10', '01', '1 s', '1,5', 'null', 'true'];

/** Types of values that some lists accept besides the listed form: a single value, and maps, as in 0.1. */
const OTHER_FORMS: Readonly<Record<string, readonly string[]>> = {
  job_ids: ['string'],
  keys: ['string'],
  problems: ['string'],
  after: ['string'],
  notify: ['string'],
  env: ['object'],
  cursors: ['object', 'number'],
};

/** Returns values that the schema of a parameter excludes. */
function wrongValues(name: string, { type = '', items, enum: values }: Schema): unknown[] {
  const isNumber = type === 'number' || type === 'integer';
  const others = OTHER_FORMS[name] ?? [];
  const isText = (type === 'string' && values === undefined) || others.includes('string');
  const forms = [type, ...(isNumber ? ['number'] : []), ...(isText ? READ_AS_TEXT : []), ...others];
  const bounds = OUT_OF_BOUNDS[name] ?? [];
  return [
    ...SAMPLES.filter(([each]) => !forms.includes(each)).map(([, value]) => value),
    ...(isNumber ? NUMBER_LIKE : []),
    ...(type === 'integer' ? [1.5, 1e300] : []),
    ...bounds,
    ...bounds.filter((value) => typeof value === 'number').map(String),
    ...(values !== undefined ? ['', 'x', `${values[0] ?? ''} `] : []),
    ...(items !== undefined ? wrongValues('', items).map((value) => [value]) : []),
  ];
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}

// Promise: read-only-tools
test('lists all tools with a title and a description, and marks the read-only ones', () => {
  const reading = ['wait', 'output', 'tail', 'search', 'status', 'list'];
  const acting = ['execute', 'interact', 'kill', 'restart'];
  assert.deepEqual(tools.map(({ name }) => name).sort(), [...reading, ...acting].sort());
  for (const { name, title, description, annotations } of tools) {
    assert.match(title ?? '', /^[A-Z]/, name);
    assert.equal((description ?? '').length > 50, true, name);
    assert.equal(annotations?.readOnlyHint === true, reading.includes(name), name);
  }
});

test('the list of tools takes less than 11,000 bytes', () => {
  assert.equal(Buffer.byteLength(JSON.stringify(tools)) < 11_000, true);
});

for (const { name, inputSchema } of tools) {
  const { required = [], properties = {} } = inputSchema;
  const valid = Object.fromEntries(required.map((key) => [key, REQUIRED[key]]));

  for (const [parameter, schema] of Object.entries(properties)) {
    test(`${name} refuses every value of ${parameter} that its schema excludes`, () =>
      withoutEffect(session, async () => {
        const values = wrongValues(parameter, schema);
        assert.equal(values.length > 4, true);
        for (const value of values) {
          const reply = await session.call(name, { ...valid, [parameter]: value });
          assertRefused(reply, new RegExp(`"${parameter}\\b`), show(value));
          assert.match(reply.text, /wrong: (?:.* )?(pass|it is empty)/, show(value));
          assert.doesNotMatch(reply.text, /expected|received|invalid|[<>|]|=\d/i, show(value));
        }
      }));
  }

  for (const parameter of required) {
    test(`${name} requires ${parameter}`, () =>
      withoutEffect(session, async () => {
        const { [parameter]: _left, ...rest } = valid;
        assertRefused(await session.call(name, rest), new RegExp(`"${parameter}".*missing`));
      }));
  }

  test(`${name} refuses an unknown parameter, and names the known ones`, () =>
    withoutEffect(session, async () => {
      for (const unknown of ['jobid', 'Command', 'x'.repeat(100), '__proto__', 'constructor', 'toString']) {
        const reply = await session.call(name, { ...valid, [unknown]: 1 });
        assertRefused(reply, new RegExp(`no parameter "${unknown}".*${name} takes`), unknown);
        for (const parameter of Object.keys(properties)) assert.match(reply.text, new RegExp(parameter));
      }
    }));

  test(`${name} reports all problems at once`, async () => {
    const wrong = Object.fromEntries(
      Object.entries(properties).map(([parameter, schema]) => [
        parameter,
        (schema as Schema).type === 'array' ? [[]] : [],
      ]),
    );
    const { text } = await session.call(name, { ...wrong, unknown: 1 });
    for (const parameter of [...Object.keys(properties), 'unknown']) {
      assert.match(text, new RegExp(`"${parameter}(\\.0)?"`));
    }
  });
}

test('refuses empty strings where they are not allowed', () =>
  withoutEffect(session, async () => {
    for (const { name, inputSchema } of tools) {
      for (const parameter of ['job_id', 'name', 'cwd', 'regex']) {
        if (!(parameter in (inputSchema.properties ?? {}))) continue;
        const valid = Object.fromEntries((inputSchema.required ?? []).map((key) => [key, REQUIRED[key]]));
        const reply = await session.call(name, { ...valid, [parameter]: '' });
        assertRefused(reply, new RegExp(`"${parameter}"`), `${name} ${parameter}`);
      }
    }
  }));

test('a call without arguments is refused with what is missing', async () => {
  const { isError, content } = await session.client.callTool({ name: 'status' });
  assert.equal(isError, true);
  assert.match(JSON.stringify(content), /Error: .*\\"job_id\\".*missing/);
});

test('a map with a member that objects do not keep is refused, and the same variable works in a list', async () => {
  const env = JSON.parse('{"A": "b", "__proto__": "x"}') as object;
  await withoutEffect(session, async () => {
    for (const given of [env, JSON.stringify(env)]) {
      const reply = await session.call('execute', { command: 'true', env: given });
      assertRefused(reply, /"env" is wrong: .*"__proto__"\. Pass a list/);
    }
    const cursors = JSON.parse('{"__proto__": 1}') as object;
    assertRefused(await session.call('wait', { job_ids: ['bystander'], cursors }), /"cursors" is wrong/);
  });
  const { log } = await run(session, 'env | grep -e ^__proto__ -e ^constructor', {
    env: ['__proto__=x', 'constructor=y'],
  });
  assert.deepEqual(log.trim().split('\n').sort(), ['__proto__=x', 'constructor=y']);
});

test('jobs can have the names of members that every object has', async () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const { facts } = await run(session, `echo ${name}`, { name });
    const { log } = await session.call('tail', { job_id: name });
    assert.equal(log, `${name}\n`);
    assert.equal((await session.call('wait', { job_ids: [name], cursors: [2] })).facts.id, facts.id);
  }
});
