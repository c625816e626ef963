import { setTimeout as delay } from 'node:timers/promises';
import { shorten } from '../../base/shorten.ts';
import { asksForSecret, type InputWait } from '../../jobs/input/input-wait.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { findBufferingFilters } from '../../jobs/wait/buffering-filters.ts';
import type { Condition } from '../../jobs/wait/condition-check.ts';
import type { WaitOutcome } from '../../jobs/wait/job-wait.ts';
import type { PortHolder } from '../../jobs/wait/port-holder.ts';
import { slashAdvice } from './pattern-argument.ts';
import { secretAdvice } from './secret-advice.ts';

/** How long the search for a cause may take. A runner that is stuck never answers. */
const SEARCH_TIMEOUT_MS = 1000;
/** Longest part of a command line that is shown, in characters. */
const MAX_COMMAND_LENGTH = 60;

/** How many processes the advice about stopped ones names. */
const MAX_PIDS = 10;

const WAITS: Readonly<Record<Exclude<InputWait, 'hidden'>, string>> = {
  line: ' waits for input. Answer it with interact.',
  likely: ' seems to wait for input. Look at its last line, and answer it with interact.',
};

/**
 * Returns whole sentences, each with a space behind it, about a likely cause of a timeout. Empty if none is known.
 *
 * @param subject the job at the beginning of a sentence
 */
export async function explainTimeout(
  manager: JobManager,
  condition: Condition,
  outcome: WaitOutcome,
  subject: string,
): Promise<string> {
  const job = manager.jobs.get(outcome.id);
  const stopped = await manager.jobs.stopped(job);
  if (stopped.length > 0) return explainStopped(stopped);
  if (outcome.portHolder !== undefined) return explainPort(outcome.portHolder);
  if (manager.input.requests.stateOf(job.id) === 'open')
    return `${subject} waits for input, and the user is being prompted for it. `;
  // The wait has its answer without this, too.
  const within = <T>(search: Promise<T>): Promise<T | undefined> =>
    Promise.race([search.catch(() => undefined), delay(SEARCH_TIMEOUT_MS, undefined, { ref: false })]);
  const input = await within(manager.input.waitsForInput(job.id, { whilePrinting: true }));
  if (input === 'hidden' || (input !== undefined && asksForSecret(manager.logs.lastLine(job.id))))
    return `${secretAdvice(manager, subject)} `;
  if (input !== undefined) return `${subject}${WAITS[input]} `;
  if (condition.until !== 'pattern' && condition.until !== 'output') return '';
  const advice = condition.until === 'pattern' ? slashAdvice(condition.pattern) : undefined;
  if (advice !== undefined) return `${advice} `;
  const inspection = await within(manager.inspect(job.id));
  const [filter] = findBufferingFilters(job.command, inspection?.processes ?? []);
  if (filter === undefined) return '';
  return (
    `The filter "${shorten(filter.command, MAX_COMMAND_LENGTH)}" (process ${filter.pid}) holds its output back until it ` +
    `has a few KiB, because it does not write to a terminal. To get each line at once, use ${filter.advice}. `
  );
}

function explainStopped(pids: readonly number[]): string {
  const what = pids.length === 1 ? 'a process' : `${pids.length} processes`;
  return (
    `A signal such as that of Ctrl+Z has stopped ${what} of the job. ` +
    `"kill -CONT ${pids.slice(0, MAX_PIDS).join(' ')}" in any shell continues ${pids.length === 1 ? 'it' : 'them'}, ` +
    'and so does "fg" in the shell of the job. '
  );
}

function explainPort({ port, job }: PortHolder): string {
  const by =
    job === undefined
      ? 'a process that belongs to no job and'
      : `job ${job.id} (${shorten(job.name ?? job.command, MAX_COMMAND_LENGTH)}), which`;
  return (
    `Port ${port} is in use by ${by} is older than this job. This wait returns when the job itself listens on the port, or ` +
    'when the port becomes free and another process opens it. '
  );
}
