import { type JobRecord, neverStarted } from '../../protocol/job-record.ts';

/** Returns how long a job ran, or has been running. Undefined for a job that never started. */
export function runtime(job: JobRecord): string | undefined {
  return job.status === 'queued' || neverStarted(job) ? undefined : duration(job);
}

/** Returns how long a job has been running, or ran, such as "1h5m3s". */
export function duration(job: JobRecord, now = Date.now()): string {
  const ms = job.durationMs ?? Math.max(0, (job.endedAt ?? now) - job.startedAt);
  if (ms < 1000) return `${ms}ms`;
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const words = parts.flatMap((value, at) => (value > 0 ? `${value}${'dhm'[at] ?? ''}` : []));
  return [...words, `${seconds % 60}s`].join('');
}
