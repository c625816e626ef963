import { parseJson } from './json-text.ts';

/** The keywords of a JSON schema that say which type a value has. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/**
 * Reads a value as the type that a schema expects. A JSON text is the value that it encodes (`"3"` is 3), a number or
 * a boolean is its text where text is expected, each of these is a list of one where a list is expected, and a member that
 * is null is absent. Any other value of a wrong type is returned as it is, for the validation to refuse.
 */
export function readLeniently(value: unknown, schema: Schema): unknown {
  const alternatives = schema.anyOf ?? [schema];
  for (const candidate of readings(value, alternatives)) {
    const expected = alternatives.find((each) => hasType(candidate, each));
    if (expected !== undefined) return readMembers(candidate, expected);
  }
  return value;
}

/** The ways to read a value, the most likely one first: the text of a list is the list, also where text is allowed. */
function* readings(value: unknown, alternatives: readonly Schema[]): Generator {
  const onlyText = alternatives.every(({ type, enum: values }) => type === 'string' && values === undefined);
  const decoded = typeof value === 'string' && !onlyText && isJson(value) ? decode(value) : undefined;
  if (typeof decoded === 'object') yield decoded;
  yield value;
  if (decoded !== undefined) yield decoded;
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  if (isPlain) yield String(value);
  if (isPlain || typeof value === 'string') yield [value];
}

/** Returns false for most texts that encode no value. Each exception of the parser costs as much as a call otherwise does. */
function isJson(text: string): boolean {
  return /^\s*(?:[[{"]|(?:-?\d[\d.eE+-]*|true|false|null)\s*$)/.test(text);
}

function decode(text: string): unknown {
  try {
    return parseJson(Buffer.from(text));
  } catch {
    // The text does not encode a value.
    return undefined;
  }
}

function hasType(value: unknown, schema: Schema): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(value);
  if (Array.isArray(value)) return schema.type === 'array';
  if (typeof value === 'number') return schema.type === 'number' || schema.type === 'integer';
  return value !== null && typeof value === schema.type;
}

function readMembers(value: unknown, schema: Schema): unknown {
  const { items, properties = {}, additionalProperties } = schema;
  if (Array.isArray(value))
    return items === undefined ? value : value.map((each) => readLeniently(each, items));
  if (typeof value !== 'object' || value === null) return value;
  const schemaOf = (key: string): Schema => {
    if (Object.hasOwn(properties, key)) return properties[key] ?? {};
    return typeof additionalProperties === 'object' ? additionalProperties : {};
  };
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, readLeniently(member, schemaOf(key))]));
}
