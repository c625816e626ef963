import { z } from 'zod';

type Shape = z.ZodObject['shape'];

const UNLISTED = new WeakSet();
const LISTED = new WeakMap<object, z.ZodType>();

/** Marks the schema of a parameter that is still accepted, but no longer part of the definition of its tool. */
export function unlisted<Schema extends z.ZodType>(schema: Schema): Schema {
  // Other tools may list the same schema.
  const copy = schema.clone();
  UNLISTED.add(copy);
  return copy;
}

/** Marks the schema of a parameter that accepts more than the definition of its tool says. */
export function listedAs<Schema extends z.ZodType>(listed: z.ZodType, accepted: Schema): Schema {
  LISTED.set(accepted, listed);
  return accepted;
}

/** Returns the parameters that the definition of a tool names, with the schemas that it shows. */
export function listedShape(shape: Shape): Record<string, z.ZodType> {
  return Object.fromEntries(
    (Object.entries(shape) as [string, z.ZodType][])
      .filter(([, schema]) => !UNLISTED.has(schema))
      .map(([name, schema]) => [name, LISTED.get(schema) ?? schema]),
  );
}
