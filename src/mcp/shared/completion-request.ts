import {
  CompleteRequestParamsSchema,
  PromptReferenceSchema,
  ResourceTemplateReferenceSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

/**
 * A request to complete an argument of a resource template. The server has no prompts: a valid reference to one gets the
 * same completions, but no error advises it, as one by the schema of the SDK would.
 */
export const CompletionRequestSchema = z.object({
  method: z.literal('completion/complete'),
  params: CompleteRequestParamsSchema.extend({
    ref: z.preprocess(
      (ref) => (PromptReferenceSchema.safeParse(ref).success ? { type: 'ref/resource', uri: '' } : ref),
      ResourceTemplateReferenceSchema,
    ),
  }),
});
