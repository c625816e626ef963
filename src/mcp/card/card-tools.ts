import { z } from 'zod';
import { JobError } from '../../base/job-error.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { StreamDecoder } from '../../log/read/stream-decoder.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { howItEnded, isOver } from '../shared/job-end.ts';
import { defineTool, type Tool } from '../shared/tool.ts';
import { ACTION_TOOL, ACTIONS, type CardState, MAX_LINES, STATE_TOOL } from './card-contract.ts';
import { terminalLines } from './terminal-lines.ts';

/** Bytes of output that a card gets: more than the lines that it shows. */
const TAIL_BYTES = 8 * 1024;
/** Characters at the end of a line that is longer than that. */
const CUT_LINE_LENGTH = 2000;
const MAX_COMMAND_LENGTH = 2000;

/** Only whole ids: a card belongs to one job, and a name may belong to another one by now. */
const jobId = z.uuid();

/** Shows a job in the editor. */
export type OpenJob = (job: JobRecord) => Promise<void>;

/** Returns the tools that cards call. The model does not see them. @param open undefined without an editor */
export function cardTools(open: OpenJob | undefined): readonly Tool[] {
  return [
    defineTool({
      name: STATE_TOOL,
      title: 'State of a Job Card',
      description: 'Returns what the card of a job shows.',
      parameters: z.strictObject({
        job_id: jobId,
        printed: z.int().min(0).optional(),
        ports: z.boolean().default(true),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
      async run({ job_id, printed, ports }, { manager }) {
        await manager.jobs.ready();
        const state = await stateOf(manager, manager.jobs.get(job_id), { printed, ports });
        return { structured: { ...state, canOpen: open !== undefined } };
      },
    }),
    defineTool({
      name: ACTION_TOOL,
      title: 'Action of a Job Card',
      description: 'Does what the user clicked in the card of a job.',
      parameters: z.strictObject({
        job_id: jobId,
        action: z.enum(ACTIONS),
        text: z.string().max(4000).optional(),
      }),
      annotations: { readOnlyHint: false },
      async run({ job_id, action, text = '' }, { manager, caller }) {
        await manager.jobs.ready();
        const job = manager.jobs.get(job_id);
        switch (action) {
          case 'kill':
            await manager.kill(job.id, 'person');
            return { structured: { id: job.id } };
          case 'restart':
            return { structured: { id: (await manager.restart(job.id, caller)).job.id } };
          case 'input':
            // The card may not know it yet.
            if ((await inputOf(manager, job.id)) === 'secret')
              throw new JobError(
                `The job asks for a secret. ${open === undefined ? 'Run it in a terminal instead' : 'Answer it in the sidebar'}.`,
              );
            // The policy applies: it cannot be known that a person typed this.
            await manager.input.write(job.id, `${text}\n`, false, 'agent');
            return { structured: { id: job.id } };
          case 'open':
            if (open === undefined)
              throw new JobError('This server has no editor. Read the output in the chat.');
            await open(job);
            return { structured: { id: job.id } };
        }
      },
    }),
  ];
}

/** What a card has shown, and what it asks for. */
interface CardQuestion {
  /** How many bytes of output it has shown. */
  readonly printed: number | undefined;
  readonly ports: boolean;
}

/** Each card asks once a second. Ports and input take a look at all processes, so there is none without need. */
async function stateOf(
  manager: JobManager,
  job: JobRecord,
  asked: CardQuestion,
): Promise<Omit<CardState, 'canOpen'>> {
  const { id, name, command, status, startedAt, endedAt } = job;
  const isRunning = status === 'running';
  const printed = manager.logs.endOf(id);
  // A job that is printing does not wait for input.
  const mayWait = isRunning && (asked.printed === undefined || asked.printed === printed);
  const [ports, waitsFor] = await Promise.all([
    asked.ports && isRunning ? portsOf(manager, id) : undefined,
    mayWait ? inputOf(manager, id) : undefined,
  ]);
  return {
    id,
    name,
    command: command.slice(0, MAX_COMMAND_LENGTH),
    status,
    isReady: isRunning && job.readySince !== undefined,
    end: isOver(status) ? howItEnded(job) : undefined,
    ranMs: (endedAt ?? Date.now()) - startedAt,
    ports: isRunning ? ports : [],
    printed,
    tail: printed === asked.printed ? undefined : tailOf(manager, job),
    waitsFor,
    takesInput: isRunning && job.stdin === 'open',
  };
}

async function portsOf(manager: JobManager, id: string): Promise<number[]> {
  const { ports } = await manager.inspect(id);
  return [...new Set(ports)].slice(0, 10);
}

async function inputOf(manager: JobManager, id: string): Promise<CardState['waitsFor']> {
  const input = await manager.input.waitsForInput(id);
  if (input === undefined) return undefined;
  return input === 'hidden' ? 'secret' : 'input';
}

/** Returns the end of the output. It shows no text that the user typed into a hidden prompt, not even between colors. */
function tailOf({ logs, secrets }: JobManager, { id }: JobRecord): string {
  const { start, end } = logs.range(id);
  const cursor = Math.max(start, end - TAIL_BYTES);
  // It ends at a whole character and sequence.
  const { start: first, next } = logs.readRaw(id, { cursor, maxBytes: TAIL_BYTES });
  const reader = logs.reader(id);
  const decoder = new StreamDecoder((stream, sample) => reader.encodingOf(stream, sample));
  const texts = [...reader.pieces(first, next)].map((piece) => decoder.write(piece));
  const all = texts.join('') + decoder.end();
  if (secrets.isEmpty) return all;
  const known = secrets.mask(all);
  const tail = cursor === 0 ? known : withoutCutLine(known);
  const shown = terminalLines(tail, MAX_LINES)
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');
  const masked = secrets.mask(shown);
  return masked === shown ? tail : masked;
}

/** Removes the first line, of which only the end is known. The rest of a typed secret would not be recognized. */
function withoutCutLine(text: string): string {
  const at = text.indexOf('\n');
  return at === -1 ? text.slice(-CUT_LINE_LENGTH) : text.slice(at + 1);
}
