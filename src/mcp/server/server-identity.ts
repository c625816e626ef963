import { RESOURCE_CAPABILITIES } from '../resources/resource-capabilities.ts';

/** What the server can do, in every revision of the protocol. */
export const CAPABILITIES = { tools: {}, logging: {}, ...RESOURCE_CAPABILITIES } as const;

/** Describes our own tools to the model. */
export const INSTRUCTIONS =
  'Runs shell commands as background jobs that outlive a call. Start a job with execute, and with until to return ' +
  'when it is ready. Then do other work. Do not poll: wait blocks until something happens. Pass the next_cursor of ' +
  'the last reply to read only new output. Kill jobs that are no longer needed.';

/** Returns how the server introduces itself. */
export function identityOf(version: string): {
  readonly name: string;
  readonly title: string;
  readonly version: string;
} {
  return { name: 'background-jobs', title: 'Jobs', version };
}
