import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { TOOLS } from '../tools/index.ts';
import { INSTRUCTIONS } from './server-identity.ts';
import { DEFINITIONS } from './tool-definitions.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The keywords of a schema of a function that each API documents. What it does with others differs: it ignores them, or
 * refuses the request.
 */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  // https://ai.google.dev/api/caching#Schema
  'Gemini API':
    `type format title description nullable enum maxItems minItems properties required minProperties
    maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum`.split(
      /\s+/,
    ),
  // https://cloud.google.com/vertex-ai/docs/reference/rest/v1/Schema
  'Vertex AI':
    `type format title description nullable default items minItems maxItems enum properties propertyOrdering required
    minProperties maxProperties minimum maximum minLength maxLength pattern example anyOf`.split(/\s+/),
  // https://platform.openai.com/docs/guides/structured-outputs/supported-schemas
  'OpenAI strict mode':
    `type description enum anyOf properties required items additionalProperties pattern format multipleOf
    maximum exclusiveMaximum minimum exclusiveMinimum minItems maxItems $ref $defs const`.split(/\s+/),
  // https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
  'Claude strict mode':
    `type description enum const anyOf allOf $ref $defs default required additionalProperties format items
    properties title`.split(/\s+/),
};

/** The keywords that Codex passes on to the model (openai/codex, the type JsonSchema in codex-rs). It drops all others. */
const OF_CODEX = 'type description enum const anyOf items properties required additionalProperties'.split(
  ' ',
);

/** Names of keywords. Clients that remove keywords at every level also remove parameters of these names. */
const KEYWORDS =
  `type format title description nullable enum items properties required pattern example default minimum maximum const not
  anyOf oneOf allOf if then else examples additionalProperties readOnly deprecated`.split(/\s+/);

function* schemasIn(schema: Schema): Generator<Schema> {
  yield schema;
  const { properties = {}, items } = schema as { properties?: Record<string, Schema>; items?: Schema };
  for (const each of [...Object.values(properties), ...(items === undefined ? [] : [items])])
    yield* schemasIn(each);
}

for (const [api, keywords] of Object.entries({ ...DOCUMENTED, Codex: OF_CODEX })) {
  test(`all schemas consist of keywords that ${api} supports`, () => {
    for (const { name, inputSchema } of DEFINITIONS) {
      for (const schema of schemasIn(inputSchema)) {
        for (const key of Object.keys(schema)) assert.ok(keywords.includes(key), `${name}: ${key}`);
      }
    }
  });
}

test('each schema has exactly one simple type, lists say of what, and enums are texts', () => {
  for (const { name, inputSchema } of DEFINITIONS) {
    for (const schema of schemasIn(inputSchema)) {
      assert.ok(
        ['object', 'array', 'string', 'number', 'integer', 'boolean'].includes(schema.type as string),
        name,
      );
      assert.equal(schema.type === 'array', schema.items !== undefined, name);
      if (schema.enum !== undefined) assert.equal(schema.type, 'string', name);
    }
  }
});

test('only the arguments as a whole are an object, and they have properties: no maps', () => {
  for (const { name, inputSchema } of DEFINITIONS) {
    const objects = [...schemasIn(inputSchema)].filter(({ type }) => type === 'object');
    assert.equal(objects.length, 1, name);
    assert.notDeepEqual(inputSchema.properties, {}, name);
  }
});

test('no parameter has the name of a keyword', () => {
  for (const { name, inputSchema } of DEFINITIONS) {
    for (const parameter of Object.keys(inputSchema.properties ?? {})) {
      assert.equal(KEYWORDS.includes(parameter), false, `${name}.${parameter}`);
    }
  }
});

// https://platform.claude.com/docs/en/agents-and-tools/tool-use: ^[a-zA-Z0-9_-]{1,64}$; Gemini wants a letter or "_" first.
test('names of tools and parameters are short and consist of lower-case letters and underscores', () => {
  for (const { name, inputSchema } of DEFINITIONS) {
    for (const each of [name, ...Object.keys(inputSchema.properties ?? {})])
      assert.match(each, /^[a-z][a-z_]{0,30}$/);
  }
});

test('parameters with a default other than false say it in words, since clients drop the keyword', () => {
  for (const { name, parameters } of TOOLS) {
    const listed = DEFINITIONS.find((each) => each.name === name)?.inputSchema.properties ?? {};
    for (const [parameter, schema] of Object.entries(parameters.shape)) {
      const { type, defaultValue } = (schema as z.ZodType).def as { type: string; defaultValue?: unknown };
      if (!(parameter in listed) || type !== 'default' || defaultValue === false) continue;
      const { description = '' } = listed[parameter] as { description?: string };
      assert.match(description, /[Dd]efault/, `${name}.${parameter}`);
    }
  }
});

test('descriptions and instructions are not cut by clients', () => {
  assert.ok(Buffer.byteLength(INSTRUCTIONS) <= 1200);
  // Claude Code cuts both at 2 KB (CHANGELOG, 2.1.84).
  for (const { name, description = '' } of DEFINITIONS)
    assert.ok(Buffer.byteLength(description) <= 2000, name);
});

test('every tool says whether it changes anything', () => {
  for (const { name, annotations } of DEFINITIONS)
    assert.equal(typeof annotations?.readOnlyHint, 'boolean', name);
});
