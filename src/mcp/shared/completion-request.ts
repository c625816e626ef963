import {
  CompleteRequestParamsSchema,
  ResourceTemplateReferenceSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

/**
 * A request to complete an argument. The server has no prompts, so it is one of a resource template; the schema of the SDK
 * would advise a prompt for anything else.
 */
export const CompletionRequestSchema = z.object({
  method: z.literal('completion/complete'),
  params: CompleteRequestParamsSchema.extend({ ref: ResourceTemplateReferenceSchema }),
});
