const UNLISTED = new WeakSet();

/** Marks the schema of a parameter that is still accepted, but no longer part of the definition of its tool. */
export function unlisted<Schema extends object>(schema: Schema): Schema {
  UNLISTED.add(schema);
  return schema;
}

export function isUnlisted(schema: object): boolean {
  return UNLISTED.has(schema);
}
