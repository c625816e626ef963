import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { pageReply } from '../shared/page-reply.ts';
import { DEFAULT_REPLY_BYTES, jobFacts, logReply } from '../shared/reply.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId } from '../shared/tool-parameters.ts';

/** Bytes of input in one call. */
const MAX_INPUT_BYTES = 64 * 1024;
/** How long to wait for an answer, and the silence that ends the wait. */
const ANSWER_TIMEOUT_MS = 2000;
const ANSWER_QUIET_MS = 150;
/** Characters of a question to the user. */
const MAX_QUESTION_LENGTH = 200;
const ASKED =
  '[The user is being prompted. Call wait with this next_cursor, for example until=output. reason=dismissed means that they declined.]';

export const interact = defineTool({
  name: 'interact',
  title: 'Send Input',
  description:
    'Send text or a key to the stdin of a running job: answer a prompt, type into a REPL, press Ctrl+C. There ' +
    'is no terminal for sudo or ssh prompts. Returns a header line with next_cursor, then what the job ' +
    'printed until it fell quiet, for at most 2 s. To wait longer for an answer, use wait. To stop a job, use ' +
    'kill.',
  parameters: z.strictObject({
    job_id: jobId,
    input: z.string().max(MAX_INPUT_BYTES).optional(),
    newline: z.boolean().default(true).describe('Add a newline to input.'),
    eof: z.boolean().default(false).describe('Then close stdin (end of file).'),
    key: z.enum(['ctrl-c', 'ctrl-d']).optional().describe('ctrl-c sends SIGINT, ctrl-d closes stdin.'),
    ask_user: z
      .string()
      .min(1)
      .max(MAX_QUESTION_LENGTH)
      .optional()
      .describe('Ask the user to type the input, such as a password, unseen by you. Then call wait.'),
  }),
  annotations: {},
  async run({ job_id, input, newline, eof, key, ask_user }, { manager, caller, signal, once }) {
    await manager.jobs.ready();
    if (ask_user !== undefined) {
      if (input !== undefined || key !== undefined || eof) {
        throw new JobError('The user types the input. Use ask_user without input, key and eof.');
      }
      const { id } = manager.jobs.get(job_id);
      await once(async () => manager.ask(id, ask_user, caller));
      const { end } = manager.logs.range(id);
      return logReply(
        { ...jobFacts(manager.jobs.get(id)), asked: manager.requests.stateOf(id), next_cursor: end },
        ASKED,
      );
    }
    if (input === undefined && key === undefined && !eof) {
      throw new JobError('There is nothing to send. Pass input, key, eof or ask_user.');
    }
    if (input !== undefined && key !== undefined) throw new JobError('Send input and key in two calls.');
    if (key === 'ctrl-c' && eof) throw new JobError('Send ctrl-c and eof in two calls.');
    const text = input === undefined || !newline || input.endsWith('\n') ? (input ?? '') : `${input}\n`;
    if (Buffer.byteLength(text) > MAX_INPUT_BYTES) {
      throw new JobError(`The input is longer than ${MAX_INPUT_BYTES} bytes. Split it.`);
    }
    const { id } = manager.jobs.get(job_id);
    const cursor = await once(async () => {
      const { end } = manager.logs.range(id);
      if (key === 'ctrl-c') await manager.signal(id, 'SIGINT', caller.kind);
      else await manager.write(id, text, eof || key === 'ctrl-d');
      return end;
    });
    await answer(manager, id, cursor, signal);
    const page = { cursor, max_bytes: DEFAULT_REPLY_BYTES, stream: 'both', format: 'text' } as const;
    return pageReply(manager, id, page).text;
  },
});

/** Waits for output, then until the job is quiet for a moment or exits. */
async function answer(manager: JobManager, id: string, cursor: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  const left = (): number => Math.max(1, deadline - performance.now());
  await manager.wait([{ id, cursor }], { until: 'output' }, left(), signal);
  await manager.wait([{ id, cursor }], { until: 'quiet', quietMs: ANSWER_QUIET_MS }, left(), signal);
}
