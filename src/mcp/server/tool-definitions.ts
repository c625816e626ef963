import type { Tool as ToolDefinition } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Tool } from '../shared/tool.ts';
import { isUnlisted } from '../shared/unlisted-parameter.ts';
import { TOOLS } from '../tools/index.ts';

/** Keywords that zod adds to every integer, text and map. They carry no information, but cost bytes in each request. */
const REDUNDANT_KEYWORDS = new Map<string, (value: unknown) => boolean>([
  ['maximum', (value) => value === Number.MAX_SAFE_INTEGER],
  ['minLength', (value) => value === 1],
  ['propertyNames', () => true],
]);

/** The definitions of our own tools. */
export const DEFINITIONS = definitionsOf(TOOLS);

/** Returns definitions with schemas in JSON Schema draft-7. */
export function definitionsOf(tools: readonly Tool[]): ToolDefinition[] {
  return tools.map(({ name, title, description, parameters, annotations }) => {
    const { $schema: _dialect, ...schema } = z.toJSONSchema(parameters, { target: 'draft-7', io: 'input' });
    const properties = Object.entries(schema.properties ?? {}).filter(
      ([key]) => !isUnlisted(parameters.shape[key] as object),
    );
    return {
      name,
      title,
      description,
      inputSchema: withoutRedundancy({
        ...schema,
        properties: Object.fromEntries(properties),
      }) as ToolDefinition['inputSchema'],
      ...(Object.keys(annotations).length > 0 && { annotations }),
    };
  });
}

function withoutRedundancy(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRedundancy);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => REDUNDANT_KEYWORDS.get(key)?.(value) !== true,
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutRedundancy(value)]));
}
