import { KnownFiles } from '../../log/read/log-files.ts';
import { LogReader } from '../../log/read/log-reader.ts';
import { RecentOutput } from '../../log/read/recent-output.ts';
import { segmentSizeOf } from '../../log/store/log-segments.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { Growth } from '../../protocol/messages.ts';

/** Jobs whose last output is kept in memory. */
const MAX_JOBS = 16;

interface RecentLog {
  readonly output: RecentOutput;
  readonly reader: LogReader;
}

/** The logs that were read or watched lately, whose last output is in memory. */
export class RecentLogs {
  /** By job, the one that was used last at the end. */
  readonly #logs = new Map<string, RecentLog>();

  /** Returns what reads the log of a job. @param folder of the log */
  reader({ id, encoding, maxOutputSize }: JobRecord, folder: string): LogReader {
    const log = this.#logs.get(id) ?? open(folder, maxOutputSize, encoding);
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

function open(folder: string, maxOutputSize: number, encoding: string | undefined): RecentLog {
  const output = new RecentOutput();
  const files = new KnownFiles(folder, segmentSizeOf(maxOutputSize));
  return { output, reader: new LogReader(folder, encoding, files, output) };
}
