import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import {
  DEFAULT_TERMINAL_SIZE,
  type JobRecord,
  type TerminalSize,
  terminalSizeOf,
} from '../../protocol/job-record.ts';
import type { Facts } from './reply.ts';

/**
 * Returns the terminal that the arguments of a call ask for.
 *
 * @throws JobError if the size cannot be read, or there is to be no terminal
 */
export function terminalOf({
  tty,
  size,
}: {
  readonly tty: boolean;
  readonly size?: string | undefined;
}): TerminalSize | undefined {
  if (size === undefined) return tty ? DEFAULT_TERMINAL_SIZE : undefined;
  if (!tty) throw new JobError('"size" is for a job with a terminal. Set tty to true, or leave size out.');
  const [, columns, rows] = /^(\d{1,6})[x×](\d{1,6})$/i.exec(size.trim()) ?? [];
  if (columns === undefined || rows === undefined) {
    throw new JobError(
      `The size ${quote(size, 40)} cannot be read. Write columns and rows, such as "120x30".`,
    );
  }
  return { columns: Number(columns), rows: Number(rows) };
}

/** The terminal of a job, for a header. */
export function terminalFacts(job: JobRecord): Facts {
  const size = terminalSizeOf(job);
  return { tty: size && `${size.columns}x${size.rows}` };
}
