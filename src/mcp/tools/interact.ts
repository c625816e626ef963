import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { pageReply } from '../shared/page-reply.ts';
import { DEFAULT_REPLY_BYTES, jobFacts, logReply } from '../shared/reply.ts';
import { bytesOfKey, isCursorKey, KEY_NAMES } from '../shared/terminal-keys.ts';
import { defineTool } from '../shared/tool.ts';
import { jobId } from '../shared/tool-parameters.ts';

/** Bytes of input in one call. */
const MAX_INPUT_BYTES = 64 * 1024;
const MAX_KEYS = 1000;
/** How long to wait for an answer, and the silence that ends the wait. */
const ANSWER_TIMEOUT_MS = 2000;
const ANSWER_QUIET_MS = 150;
/** Characters of a question to the user. */
const MAX_QUESTION_LENGTH = 200;
const NO_TERMINAL =
  'The job has no terminal, so it takes no keys. Use input for text and key for ctrl-c and ctrl-d, or start the job ' +
  'again with tty=true.';
const ASKED =
  '[The user is being prompted. Call wait with this next_cursor, for example until=output. reason=dismissed means that they declined.]';

export const interact = defineTool({
  name: 'interact',
  title: 'Send Input',
  description:
    'Send text or keys to a running job: answer a prompt, type into a REPL, press Ctrl+C. Returns a header ' +
    'line with next_cursor, then what the job printed until it fell quiet, for at most 2 s. To wait longer ' +
    'for an answer, use wait. To stop a job, use kill.',
  parameters: z.strictObject({
    job_id: jobId,
    input: z.string().max(MAX_INPUT_BYTES).optional(),
    newline: z.boolean().default(true).describe('Add a newline to input.'),
    eof: z.boolean().default(false).describe('Then close stdin (end of file).'),
    keys: z
      .array(z.string())
      .min(1)
      .max(MAX_KEYS)
      .optional()
      .describe(
        `For a job with tty=true: keys to press after input, such as ["down", "enter"]. ${KEY_NAMES}.`,
      ),
    key: z.enum(['ctrl-c', 'ctrl-d']).optional().describe('ctrl-c sends SIGINT, ctrl-d closes stdin.'),
    ask_user: z
      .string()
      .min(1)
      .max(MAX_QUESTION_LENGTH)
      .optional()
      .describe('Ask the user to type the input, such as a password, unseen by you. Then call wait.'),
  }),
  annotations: {},
  async run({ job_id, input, newline, eof, key, keys, ask_user }, { manager, caller, signal, once }) {
    await manager.jobs.ready();
    if (ask_user !== undefined) {
      if (input !== undefined || key !== undefined || keys !== undefined || eof) {
        throw new JobError('The user types the input. Use ask_user without input, key, keys and eof.');
      }
      const { id } = manager.jobs.get(job_id);
      await once(async () => manager.ask(id, ask_user, caller));
      const { end } = manager.logs.range(id);
      return logReply(
        { ...jobFacts(manager.jobs.get(id)), asked: manager.requests.stateOf(id), next_cursor: end },
        ASKED,
      );
    }
    if (input === undefined && key === undefined && keys === undefined && !eof) {
      throw new JobError('There is nothing to send. Pass input, key, keys, eof or ask_user.');
    }
    if (keys !== undefined && (key !== undefined || eof)) {
      throw new JobError('Use keys without key and eof. Ctrl+C and Ctrl+D are the keys ctrl-c and ctrl-d.');
    }
    if (input !== undefined && key !== undefined) throw new JobError('Send input and key in two calls.');
    if (key === 'ctrl-c' && eof) throw new JobError('Send ctrl-c and eof in two calls.');
    const { id, terminal } = manager.jobs.get(job_id);
    if (keys !== undefined && terminal === undefined) throw new JobError(NO_TERMINAL);
    const typed =
      terminal === undefined ? typedLine(input, newline) : typedKeys(input, newline && keys === undefined);
    const text = typed + (keys === undefined ? '' : await bytesOfKeys(manager, id, keys));
    if (Buffer.byteLength(text) > MAX_INPUT_BYTES) {
      throw new JobError(`The input is longer than ${MAX_INPUT_BYTES} bytes. Split it.`);
    }
    const cursor = await once(async () => {
      const { end } = manager.logs.range(id);
      if (key !== 'ctrl-c') await manager.write(id, text, eof || key === 'ctrl-d');
      else if (terminal === undefined) await manager.signal(id, 'SIGINT', caller.kind);
      // The terminal signals whatever is in its foreground.
      else await manager.write(id, bytesOfKey(key, false), false);
      return end;
    });
    await answer(manager, id, cursor, signal);
    const page = { cursor, max_bytes: DEFAULT_REPLY_BYTES, stream: 'both', format: 'text' } as const;
    const stopped = await manager.jobs.countStopped(manager.jobs.get(id));
    return pageReply(manager, id, page, { stopped: stopped || undefined }).text;
  },
});

/** Formats input for a pipe, where lines end with a line feed. */
function typedLine(input: string | undefined, newline: boolean): string {
  return input === undefined || !newline || input.endsWith('\n') ? (input ?? '') : `${input}\n`;
}

/** Formats input for a terminal, where Enter sends a carriage return (termios(3), ICRNL). */
function typedKeys(input: string | undefined, newline: boolean): string {
  if (input === undefined) return '';
  const text = input.replaceAll(/\r?\n/g, '\r');
  return newline && !text.endsWith('\r') ? `${text}\r` : text;
}

async function bytesOfKeys(manager: JobManager, id: string, keys: readonly string[]): Promise<string> {
  // The mode is known only after the screen is drawn, so it is drawn only for keys that depend on the mode.
  const hasApplicationKeys = keys.some(isCursorKey) && (await manager.screen(id)).hasApplicationKeys;
  return keys.map((key) => bytesOfKey(key, hasApplicationKeys)).join('');
}

/** Waits for output, then until the job is quiet for a moment or exits. */
async function answer(manager: JobManager, id: string, cursor: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  const left = (): number => Math.max(1, deadline - performance.now());
  await manager.wait([{ id, cursor }], { until: 'output' }, left(), signal);
  await manager.wait([{ id, cursor }], { until: 'quiet', quietMs: ANSWER_QUIET_MS }, left(), signal);
}
