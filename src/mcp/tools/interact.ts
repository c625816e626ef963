import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { unlisted } from '../shared/listed-parameters.ts';
import { pageReply } from '../shared/page-reply.ts';
import { keysForPipe } from '../shared/pipe-keys.ts';
import { DEFAULT_REPLY_BYTES, jobFacts, logReply } from '../shared/reply.ts';
import { bytesOfKey, isCursorKey } from '../shared/terminal-keys.ts';
import { type Answer, defineTool, type ToolContext } from '../shared/tool.ts';
import { jobId } from '../shared/tool-parameters.ts';

/** Bytes of input in one call. */
const MAX_INPUT_BYTES = 64 * 1024;
const MAX_KEYS = 1000;
/** How long to wait for an answer, and the silence that ends the wait. */
const ANSWER_TIMEOUT_MS = 2000;
const ANSWER_QUIET_MS = 150;
/** Characters of a question to the user. */
const MAX_QUESTION_LENGTH = 200;
const ASKED =
  '[The user is being prompted. Call wait with this next_cursor, for example until=output. reason=dismissed means that they declined.]';

interface Typed {
  readonly text: string;
  /** Closes stdin after the text. */
  readonly isEnd: boolean;
  /** Interrupts the job, in place of everything else. */
  readonly isInterrupt: boolean;
}

export const interact = defineTool({
  name: 'interact',
  title: 'Send Input',
  description:
    'Send input to a running job: answer a prompt, type into a REPL, press keys such as Ctrl+C, or let the ' +
    'user type a password. Returns a header line, then what the job printed until it was quiet, for at most ' +
    '2 s. If the answer takes longer, use wait with until=output and cursors=[next_cursor]. To stop a job, use kill.',
  parameters: z.strictObject({
    job_id: jobId,
    input: z
      .string()
      .max(MAX_INPUT_BYTES)
      .optional()
      .describe(
        'Text; a newline is Enter. Without keys, one is added unless the text ends with one: "" is Enter alone.',
      ),
    // For input without Enter to a job without a terminal.
    newline: unlisted(z.boolean().default(true)),
    keys: z
      .array(z.string().min(1))
      .min(1)
      .max(MAX_KEYS)
      .optional()
      .describe(
        'Keys to press after input. Any job: enter, ctrl-c (SIGINT), ctrl-d (end of file). With tty=true also a letter without Enter, esc, tab, ' +
          'up, page-up, home, delete, backspace, f1, alt-x and the like.',
      ),
    // How 0.1 closed stdin.
    eof: unlisted(z.boolean().default(false)),
    ask_user: z
      .string()
      .min(1)
      .max(MAX_QUESTION_LENGTH)
      .optional()
      .describe(
        'Instead of input: a question. The user types the input into a hidden box in the editor, unseen by you. Returns at ' +
          'once; then wait with until=output from next_cursor; reason=dismissed if declined. Fails without an editor.',
      ),
  }),
  renamed: { key: 'keys' },
  annotations: { readOnlyHint: false, destructiveHint: true },
  async run({ job_id, input, newline, keys, eof, ask_user }, context) {
    const { manager, signal, once } = context;
    if (ask_user !== undefined) {
      if (manager.input.requests.canAsk && (input !== undefined || keys !== undefined || eof))
        throw new JobError('The user types the input. Use ask_user without input and keys.');
      return askUser(context, job_id, ask_user);
    }
    if (input === undefined && keys === undefined && !eof)
      throw new JobError(
        `There is nothing to send. Pass ${manager.input.requests.canAsk ? 'input, keys or ask_user' : 'input or keys'}.`,
      );
    const job = manager.jobs.get(job_id);
    const { id } = job;
    const typed = await typedInto(manager, job, {
      input: input === undefined ? '' : withLineEnd(input, newline && keys === undefined),
      keys: [...(keys ?? []), ...(eof ? ['ctrl-d'] : [])],
    });
    // Enter comes in addition.
    if (Buffer.byteLength(typed.text) > MAX_INPUT_BYTES + 1)
      throw new JobError(`The input is longer than ${MAX_INPUT_BYTES} bytes. Split it.`);
    await manager.logs.findEnds(id);
    const cursor = await once(async () => {
      const { end } = manager.logs.range(id);
      if (typed.isInterrupt) await manager.input.signal(id, 'SIGINT', context.caller.kind);
      else await manager.input.write(id, typed.text, typed.isEnd);
      return end;
    });
    await answer(manager, id, cursor, signal);
    const page = { cursor, max_bytes: DEFAULT_REPLY_BYTES, stream: 'both', format: 'text' } as const;
    const stopped = await manager.jobs.stopped(manager.jobs.get(id));
    const { text } = pageReply(manager, id, page, { stopped: stopped.length || undefined });
    const note = await unreadNote(manager, manager.jobs.get(id), typed, cursor);
    return note === undefined ? text : [text, note];
  },
});

async function askUser(
  { manager, caller, once }: ToolContext,
  reference: string,
  question: string,
): Promise<Answer> {
  const { id } = manager.jobs.get(reference);
  await manager.logs.findEnds(id);
  await once(async () => manager.input.ask(id, question, caller));
  const { end } = manager.logs.range(id);
  const job = manager.jobs.get(id);
  return logReply({ ...jobFacts(job), asked: manager.input.requests.stateOf(id), next_cursor: end }, ASKED);
}

function withLineEnd(input: string, newline: boolean): string {
  return newline && !input.endsWith('\n') ? `${input}\n` : input;
}

/** Returns what reaches the job: from a terminal, Enter sends a carriage return (termios(3), ICRNL). */
async function typedInto(
  manager: JobManager,
  { id, terminal }: JobRecord,
  { input, keys }: { input: string; keys: readonly string[] },
): Promise<Typed> {
  if (terminal === undefined) {
    const { text, isEnd, isInterrupt } = keysForPipe(keys, input !== '');
    return { text: input + text, isEnd, isInterrupt };
  }
  // The mode is known only after the screen is drawn, so it is drawn only for keys that depend on the mode.
  const hasApplicationKeys = keys.some(isCursorKey) && (await manager.screens.draw(id)).hasApplicationKeys;
  const pressed = keys.map((key) => bytesOfKey(key, hasApplicationKeys)).join('');
  return { text: input.replaceAll(/\r?\n/g, '\r') + pressed, isEnd: false, isInterrupt: false };
}

/** Says that the job has not read its input, if it gave no answer and that is a fact. A terminal answers with an echo. */
async function unreadNote(
  manager: JobManager,
  { id, terminal }: JobRecord,
  { text }: Typed,
  cursor: number,
): Promise<string | undefined> {
  const isSilent = terminal !== undefined || manager.logs.range(id).end === cursor;
  const unread = isSilent && text !== '' ? await manager.input.countUnread(id) : 0;
  if (unread === 0) return undefined;
  const what = unread >= Buffer.byteLength(text) ? 'it' : 'all of it';
  return `[The input is written, but the job has not read ${what} yet: ${unread} ${unread === 1 ? 'byte is' : 'bytes are'} waiting.]`;
}

/** Waits for output, then until the job is quiet for a moment or exits. */
async function answer(manager: JobManager, id: string, cursor: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  const left = (): number => Math.max(1, deadline - performance.now());
  await manager.wait([{ id, cursor }], { until: 'output' }, left(), signal);
  await manager.wait([{ id, cursor }], { until: 'quiet', quietMs: ANSWER_QUIET_MS }, left(), signal);
}
