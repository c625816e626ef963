import { quote } from '../../base/quoted-text.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { findFailedDependency } from '../../jobs/start/failed-dependency.ts';
import type { WaitTarget } from '../../jobs/wait/condition-check.ts';
import type { WaitOutcome } from '../../jobs/wait/job-wait.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { excerpt } from './excerpt.ts';
import { readFoldedTail } from './folded-page.ts';
import { orderFacts } from './job-state.ts';
import { markStart, type PageChoice, pageReply } from './page-reply.ts';
import { problemFacts, problemLines, tellsAll } from './problem-reply.ts';
import { foldRepeatedLines } from './repeated-lines.ts';
import { type Facts, header, jobFacts } from './reply.ts';
import { streamOf } from './stream-choice.ts';

/** Characters shown of a line that matched. */
const MAX_MATCH_LENGTH = 100;
/** In a reply that cannot hold all output, the share of the beginning and the least room for the end. */
const HEAD_SHARE = 0.4;
const MIN_END_BYTES = 300;
const MAX_END_LINES = 1000;
/** Reserved for the text between them, and for the mark of a line that is cut. */
const GAP_BYTES = 150 + 120;

/** After these, a job may be silent because a signal has stopped it. */
const SILENT_REASONS: ReadonlySet<WaitOutcome['reason']> = new Set(['timeout', 'quiet', 'input']);

interface WaitPages {
  readonly blocks: readonly string[];
  /** By job: the cursor behind the output that is shown. */
  readonly shown: ReadonlyMap<string, number>;
}

/** What a wait ended with for a job, its record and its problems. */
interface Ended {
  readonly outcome: WaitOutcome;
  readonly facts: Facts;
  readonly report: ProblemReport | undefined;
}

/** Returns a function that writes the output of each job from its cursor, with at most so many bytes in all. */
export async function waitPages(
  manager: JobManager,
  targets: readonly WaitTarget[],
  outcomes: readonly WaitOutcome[],
  page: Omit<PageChoice, 'cursor' | 'max_bytes'>,
  more: Facts = {},
): Promise<(bytes: number) => WaitPages> {
  const ended = await Promise.all(outcomes.map((outcome) => describe(manager, outcome, more)));
  return (bytes) => {
    const max_bytes = Math.floor(bytes / ended.length);
    const shown = new Map<string, number>();
    const blocks = ended.flatMap((each) => {
      const { id } = each.outcome;
      const cursor = targets.find((target) => target.id === id)?.cursor ?? 0;
      const read = ended.length === 1 ? blocksOf : fittingBlocks;
      const { blocks: own, next } = read(manager, each, { ...page, max_bytes, cursor });
      shown.set(id, next);
      return own;
    });
    return { blocks, shown };
  };
}

async function describe(manager: JobManager, outcome: WaitOutcome, more: Facts): Promise<Ended> {
  const { id, reason, match, ports, isOwnPort, portOpener, portHolder, input } = outcome;
  // Its files may have been deleted during the wait.
  await manager.logs.findEnds(id);
  const report = await manager.problems.current(id);
  const stopped = SILENT_REASONS.has(reason) ? await manager.jobs.stopped(manager.jobs.get(id)) : [];
  const facts = {
    stopped: stopped.length || undefined,
    ...orderFacts(manager.jobs, manager.jobs.get(id)),
    ...more,
    reason,
    match: match && excerpt(match.text, match.at, MAX_MATCH_LENGTH, match.long),
    match_cursor: match?.start,
    ports: ports?.join(','),
    port_of_job: isOwnPort,
    port_opened_by: portOpener?.id,
    port_taken_by: portHolder && (portHolder.job?.id ?? 'process'),
    input,
    asked: manager.input.requests.stateOf(id),
    ...problemFacts(report),
  };
  return { outcome, facts, report };
}

/** Returns the blocks of one of several jobs. If its share of the reply is too small for them, returns only its facts. */
function fittingBlocks(
  manager: JobManager,
  ended: Ended,
  page: PageChoice,
): { blocks: readonly string[]; next: number } {
  const whole = blocksOf(manager, ended, page);
  const size = whole.blocks.reduce((sum, block) => sum + Buffer.byteLength(block), 0);
  if (size <= page.max_bytes) return whole;
  const job = manager.jobs.get(ended.outcome.id);
  const { start, end } = manager.logs.range(job.id);
  const next = Math.max(page.cursor, start);
  const unread = {
    cursor: next,
    next_cursor: next,
    left: end - next,
    dropped: next - page.cursor || undefined,
  };
  const facts = header({ ...jobFacts(job), ...ended.facts, ...unread });
  return { blocks: [facts, ...(job.error === undefined ? [] : [job.error])], next };
}

function blocksOf(
  manager: JobManager,
  { outcome, facts, report }: Ended,
  page: PageChoice,
): { blocks: string[]; next: number } {
  const problems = report && problemBlock(manager, outcome, page, { facts, report });
  if (problems !== undefined)
    return { blocks: [problems], next: outcome.round?.roundEnd ?? manager.logs.range(outcome.id).end };
  const { blocks, next } = logBlocks(manager, outcome.id, page, facts);
  const isOver = outcome.reason === 'timeout' || outcome.reason === 'input';
  return {
    blocks: isOver ? blocks : [...blocks, ...whyUnstarted(manager, manager.jobs.get(outcome.id))],
    next,
  };
}

/** Returns a block that says why a job was never started, if another one failed before it. */
function whyUnstarted(manager: JobManager, job: JobRecord): string[] {
  const cause = findFailedDependency(manager, job);
  if (cause === undefined) return job.error === undefined ? [] : [job.error];
  const text = foldRepeatedLines(cause.tail.text);
  const label = cause.job.name === undefined ? cause.job.id : quote(cause.job.name);
  return [`${job.error ?? ''}${text === '' ? '' : ` The last lines of ${label}:\n${text}`}`];
}

/** Returns a reply with the problems in place of the log, if they say it all. */
function problemBlock(
  manager: JobManager,
  { id, reason, round }: WaitOutcome,
  { cursor, max_bytes }: PageChoice,
  { facts, report }: { readonly facts: Facts; readonly report: ProblemReport },
): string | undefined {
  const job = manager.jobs.get(id);
  if (round !== undefined) {
    const first = header({ ...jobFacts(job), reason, ...problemFacts(round), next_cursor: round.roundEnd });
    return `${first}\n${problemLines(job, round, max_bytes - Buffer.byteLength(first) - 1)}`;
  }
  if (reason !== 'exit' || !tellsAll(job, report)) return undefined;
  const next = manager.logs.range(id).end;
  const first = header({ ...jobFacts(job), ...facts, cursor, next_cursor: next });
  const hidden = next - cursor;
  const hint =
    hidden === 0
      ? ''
      : `\n[The problems replace ${hidden} bytes of output: output with cursor=${cursor} reads them.]`;
  const room = max_bytes - Buffer.byteLength(first) - Buffer.byteLength(hint) - 1;
  return `${first}\n${problemLines(job, report, room)}${hint}`;
}

/**
 * Returns the output from the cursor. If that is too long, returns its beginning with the cursor to continue from, and
 * the end of the log, which shows the state of the job, in a second block.
 */
function logBlocks(
  manager: JobManager,
  id: string,
  page: PageChoice,
  facts: Facts,
): { blocks: string[]; next: number } {
  const whole = pageReply(manager, id, page, facts);
  if (whole.left === 0) return { blocks: [whole.text], next: whole.next };
  const head = pageReply(manager, id, { ...page, max_bytes: Math.floor(page.max_bytes * HEAD_SHARE) }, facts);
  const room = page.max_bytes - Buffer.byteLength(head.text) - GAP_BYTES;
  if (room < MIN_END_BYTES) return { blocks: [whole.text], next: whole.next };
  const stream = streamOf(page.stream, manager.jobs.get(id));
  const end = readFoldedTail(
    (maxBytes) => manager.logs.readTail(id, { lines: MAX_END_LINES, maxBytes, stream }),
    room,
  );
  const hidden = end.start - head.next;
  if (hidden <= 0) return { blocks: [whole.text], next: whole.next };
  const gap = `[${hidden} bytes are not shown here: output with cursor=${head.next} reads them. The end of the log:]`;
  return { blocks: [head.text, `${gap}\n${markStart(end)}`], next: head.next };
}
