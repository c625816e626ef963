import { KnownFiles } from '../../log/read/log-files.ts';
import { LogReader } from '../../log/read/log-reader.ts';
import { RecentOutput } from '../../log/read/recent-output.ts';
import { segmentSizeOf } from '../../log/store/log-segments.ts';
import { isFinished, type JobRecord, terminalSizeOf } from '../../protocol/job-record.ts';
import type { Growth } from '../../protocol/messages.ts';

/** Jobs whose last output is kept in memory. */
const MAX_JOBS = 16;

interface RecentLog {
  readonly output: RecentOutput;
  readonly files: KnownFiles;
  readonly reader: LogReader;
  readonly knownEnd: number;
}

/** The logs that were read or watched lately, whose last output is in memory. */
export class RecentLogs {
  /** By job, the one that was used last at the end. */
  readonly #logs = new Map<string, RecentLog>();
  /** Where logs end that were deleted while their jobs run. */
  readonly #ends = new Map<string, number>();

  /** Returns what reads the log of a job. @param folder of the log */
  reader(job: JobRecord, folder: string): LogReader {
    const { id } = job;
    const known = this.#logs.get(id);
    const isCurrent = known?.knownEnd === knownEndOf(job) && known.reader.rows === terminalSizeOf(job)?.rows;
    const log = isCurrent ? known : open(job, folder, known?.output);
    log.files.learn(this.#ends.get(id) ?? 0);
    this.#logs.delete(id);
    this.#logs.set(id, log);
    if (this.#logs.size > MAX_JOBS) this.#logs.delete(this.#logs.keys().next().value!);
    return log.reader;
  }

  /** Adds output that a runner has reported. */
  add({ id, pieces = [] }: Growth): void {
    const output = this.#logs.get(id)?.output;
    for (const { stream, offset, text } of pieces) output?.add(stream, offset, Buffer.from(text, 'latin1'));
  }

  /** Notes where the log of a running job ends, which its files do not show. */
  learnEnd(id: string, end: number): void {
    this.#ends.set(id, end);
  }

  forget(id: string): void {
    this.#ends.delete(id);
    this.#logs.delete(id);
  }
}

/** Returns where the log of a job ends, whether it is kept or not. 0 if the job is not finished. */
function knownEndOf(job: JobRecord): number {
  return isFinished(job) ? (job.outputEnd ?? 0) : 0;
}

function open(job: JobRecord, folder: string, output = new RecentOutput()): RecentLog {
  const knownEnd = knownEndOf(job);
  const files = new KnownFiles(folder, segmentSizeOf(job.maxOutputSize), knownEnd);
  const reader = new LogReader(folder, job.encoding, files, output, terminalSizeOf(job)?.rows);
  return { output, files, knownEnd, reader };
}
