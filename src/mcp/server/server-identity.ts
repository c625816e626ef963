import { RESOURCE_CAPABILITIES } from '../resources/resource-capabilities.ts';

/** What the server can do, in every revision of the protocol. */
export const CAPABILITIES = { tools: {}, logging: {}, ...RESOURCE_CAPABILITIES } as const;

/** Describes our own tools to the model: what holds for all of them, so that each definition can be short. */
export const INSTRUCTIONS = [
  'Run shell commands as background jobs: servers, watchers, builds, tests. Start one with execute, with until to ' +
    'return when it is ready. Then do other work, and wait instead of polling. Kill jobs that are no longer needed.',
  'A job belongs to the workspace: it outlives the call and the chat, and the user and other agents see it. Stop theirs only if asked. It runs ' +
    'until it exits, is killed, or the editor (without one, this server) closes. Ended jobs and their output stay for ' +
    '7 days. status: queued (for other jobs, or because 10 run), running, completed (exit code 0), failed, killed, lost (end unknown).',
  'job_id is an id, the first 4 or more characters of it, or a name. A name means the running job with it, else the ' +
    'newest.',
  'A reply starts with a line of facts such as id=… status=failed exit_code=1 next_cursor=123. The output follows as on a ' +
    'screen, without escape codes, up to 8,000 bytes. A cursor is a byte position in the output of a job; pass ' +
    'next_cursor to get only what follows. Reading consumes nothing.',
  'A regex is tried on each line as it is shown, without color codes. A last line may report what became of your other jobs.',
  'A call that fails returns "Error: ", with what to do next.',
].join('\n');

/** Returns how the server introduces itself. */
export function identityOf(version: string): {
  readonly name: string;
  readonly title: string;
  readonly version: string;
} {
  return { name: 'background-jobs', title: 'Jobs', version };
}
