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
  readonly reader: LogReader;
  readonly knownEnd: number;
}

/** The logs that were read or watched lately, whose last output is in memory. */
export class RecentLogs {
  /** By job, the one that was used last at the end. */
  readonly #logs = new Map<string, RecentLog>();

  /** Returns what reads the log of a job. @param folder of the log */
  reader(job: JobRecord, folder: string): LogReader {
    const { id } = job;
    const known = this.#logs.get(id);
    const isCurrent = known?.knownEnd === knownEndOf(job) && known.reader.rows === terminalSizeOf(job)?.rows;
    const log = isCurrent ? known : open(job, folder, known?.output);
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

  forget(id: string): void {
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
  return {
    output,
    knownEnd,
    reader: new LogReader(folder, job.encoding, files, output, terminalSizeOf(job)?.rows),
  };
}
