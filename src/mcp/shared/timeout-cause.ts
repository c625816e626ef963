import { setTimeout as delay } from 'node:timers/promises';
import { shorten } from '../../base/shorten.ts';
import { findBufferingFilters } from '../../jobs/buffering-filters.ts';
import type { Condition } from '../../jobs/condition-check.ts';
import type { WaitOutcome } from '../../jobs/job-wait.ts';
import type { JobManager } from '../../jobs/manager.ts';

/** How long the search for a cause may take. A runner that is stuck never answers. */
const SEARCH_TIMEOUT_MS = 1000;
/** Longest part of a command line that is shown, in characters. */
const MAX_COMMAND_LENGTH = 60;

/** Returns whole sentences, each with a space behind it, about a likely cause of a timeout. Empty if none is known. */
export async function explainTimeout(
  manager: JobManager,
  condition: Condition,
  outcome: WaitOutcome,
): Promise<string> {
  if (condition.until === 'port') return explainPort(condition.port, outcome);
  if (condition.until !== 'pattern' && condition.until !== 'output') return '';
  const job = manager.jobs.get(outcome.id);
  const inspection = await Promise.race([
    // The wait has its answer without this, too.
    manager.inspect(job.id).catch(() => undefined),
    delay(SEARCH_TIMEOUT_MS, undefined, { ref: false }),
  ]);
  const [filter] = findBufferingFilters(job.command, inspection?.processes ?? []);
  if (filter === undefined) return '';
  return (
    `The filter "${shorten(filter.command, MAX_COMMAND_LENGTH)}" (process ${filter.pid}) holds its output back until it ` +
    `has a few KiB, because it does not write to a terminal. To get each line at once, use ${filter.advice}. `
  );
}

function explainPort(port: number, { portHolder }: WaitOutcome): string {
  if (portHolder === undefined) return '';
  const { job } = portHolder;
  const by =
    job === undefined
      ? 'a process that belongs to no job'
      : `job ${job.id} (${shorten(job.name ?? job.command, MAX_COMMAND_LENGTH)})`;
  return `Port ${port} was in use by ${by} before this job started. This wait returns when the job itself listens on it. `;
}
