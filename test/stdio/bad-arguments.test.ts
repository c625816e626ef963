import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, prepare, shareSession, startReady, withoutEffect } from './support/session.ts';

/** The keywords of JSON Schema that the tools use. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

const session = await shareSession();
const { tools } = await prepare(session, async () => {
  await startReady(session, 'echo ready; cat', { name: 'bystander' });
  return session.client.listTools();
});

/** Valid values of the required parameters. */
const REQUIRED: Readonly<Record<string, unknown>> = { job_id: 'bystander', command: 'true', pattern: 'x' };

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

/** Returns values that the schema of a parameter excludes. */
function wrongValues(schema: Schema): unknown[] {
  if (schema.anyOf !== undefined) return wrongOfAll(schema.anyOf);
  const { type = '', maxLength = Infinity, maximum = Infinity, minimum = -Infinity } = schema;
  const isNumber = type === 'number' || type === 'integer';
  const otherTypes = SAMPLES.filter(([name]) => name !== type && !(name === 'number' && isNumber))
    .filter(([name]) => !(type === 'string' && schema.enum === undefined && READ_AS_TEXT.includes(name)))
    .map(([, value]) => value);
  return [
    ...otherTypes,
    ...(isNumber ? NUMBER_LIKE : []),
    ...(type === 'integer' ? [1.5, 1e300] : []),
    ...(Number.isFinite(maximum) ? [maximum + 1, String(maximum + 1)] : []),
    ...(Number.isFinite(minimum) ? [minimum - 1, String(minimum - 1)] : []),
    ...(schema.exclusiveMinimum !== undefined ? [schema.exclusiveMinimum] : []),
    ...(schema.enum !== undefined ? ['', 'x', `${schema.enum[0] ?? ''} `] : []),
    ...(Number.isFinite(maxLength) ? ['x'.repeat(maxLength + 1)] : []),
    ...(schema.maxItems !== undefined ? [[], Array(schema.maxItems + 1).fill('bystander')] : []),
    ...(schema.items !== undefined ? wrongValues(schema.items).map((value) => [value]) : []),
    ...(schema.additionalProperties !== undefined
      ? wrongValues(schema.additionalProperties).map((value) => ({ bystander: value }))
      : []),
  ];
}

/** Returns the values that each of several schemas excludes, except those whose type another one allows. */
function wrongOfAll(schemas: readonly Schema[]): unknown[] {
  const typeOf = (value: unknown): string => {
    if (value === null) return 'null';
    return Array.isArray(value) ? 'array' : typeof value === 'number' ? 'integer' : typeof value;
  };
  return schemas.flatMap((schema) => {
    const others = schemas.filter((other) => other !== schema).map(({ type }) => type);
    const isText = (value: unknown): boolean =>
      others.includes('string') && READ_AS_TEXT.includes(typeof value);
    return wrongValues(schema).filter((value) => !others.includes(typeOf(value)) && !isText(value));
  });
}

function show(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}

// Promise: read-only-tools
test('lists all tools with a title and a description, and marks the read-only ones', () => {
  const reading = ['wait', 'output', 'tail', 'search', 'status', 'list'];
  const acting = ['execute', 'interact', 'kill', 'restart'];
  assert.deepEqual(tools.map(({ name }) => name).sort(), [...reading, ...acting].sort());
  for (const { name, title, description, annotations, inputSchema } of tools) {
    assert.match(title ?? '', /^[A-Z]/, name);
    assert.equal((description ?? '').length > 50, true, name);
    assert.equal(annotations?.readOnlyHint === true, reading.includes(name), name);
    assert.equal(inputSchema.additionalProperties, false, name);
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
        const values = wrongValues(schema);
        assert.equal(values.length > 4, true);
        for (const value of values) {
          const reply = await session.call(name, { ...valid, [parameter]: value });
          assertRefused(reply, new RegExp(`"${parameter}\\b`), show(value));
          assert.doesNotMatch(reply.text, /wrong: (Invalid input\.|expected undefined)/, show(value));
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
      for (const unknown of ['jobid', 'Command', 'x'.repeat(100), '__proto__x']) {
        const reply = await session.call(name, { ...valid, [unknown]: 1 });
        assertRefused(reply, new RegExp(`no parameter "${unknown}".*${name} takes`), unknown);
        for (const parameter of Object.keys(properties)) assert.match(reply.text, new RegExp(parameter));
      }
    }));

  test(`${name} reports all problems at once`, async () => {
    const wrong = Object.fromEntries(Object.keys(properties).map((parameter) => [parameter, []]));
    const { text } = await session.call(name, { ...wrong, unknown: 1 });
    for (const parameter of [...Object.keys(properties), 'unknown']) {
      assert.match(text, new RegExp(`"${parameter}"`));
    }
  });
}

test('refuses empty strings where they are not allowed', () =>
  withoutEffect(session, async () => {
    for (const { name, inputSchema } of tools) {
      for (const parameter of ['job_id', 'name', 'cwd', 'pattern']) {
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
