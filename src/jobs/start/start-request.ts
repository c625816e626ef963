import { randomUUID } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { JobError } from '../../base/job-error.ts';
import { quote } from '../../base/quoted-text.ts';
import { encodingNamed } from '../../log/render/text-encoding.ts';
import { commandProblem } from '../../processes/windows/shell-command.ts';
import type { JobRecord, JobSpec, ReadyCondition, Starter, TerminalSize } from '../../protocol/job-record.ts';
import type { FollowParams, KillParams, StartResult } from '../../protocol/messages.ts';
import type { ProblemMatcher } from '../../protocol/problem-matcher.ts';
import type { Limits } from '../records/limits.ts';
import { findOnPath } from './shell.ts';

/** The arguments of a start. */
export interface StartRequest {
  readonly command: string;
  readonly name?: string | undefined;
  /** Relative to the default folder, or to the home folder if it begins with `~`. By default the default folder. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: 'open' | 'closed' | undefined;
  /** False keeps stderr apart. By default both streams share one pipe, so that their order is exact. */
  readonly mergeStderr?: boolean | undefined;
  /** The encoding of the output, by any name. By default UTF-8, or what a byte order mark says. */
  readonly encoding?: string | undefined;
  /** Gives the job a terminal of this size in place of pipes. */
  readonly terminal?: TerminalSize | undefined;
  /** In seconds. By default the limit `defaultTimeout`. */
  readonly timeoutSeconds?: number | undefined;
  /** Seconds between the first signal and SIGKILL. Default: the limit `graceSeconds`. */
  readonly graceSeconds?: number | undefined;
  /** What finds problems in its output: names, definitions as in tasks.json, and `auto`. */
  readonly problems?: readonly unknown[] | undefined;
  /** The same, complete. */
  readonly matchers?: readonly ProblemMatcher[] | undefined;
  /** Whether the caller expects the job to wait for input. */
  readonly asksForInput?: boolean;
  /** When the running job counts as ready. By default never. */
  readonly ready?: ReadyCondition | undefined;
  /** Jobs that must be ready, or completed, before this one starts: ids or names. */
  readonly after?: readonly string[] | undefined;
  /**
   * When the job was requested, in ms since 1970. By default now. If a job in `after` failed before that, the request is
   * refused. If it fails later, the job is listed as failed.
   */
  readonly requestedAt?: number | undefined;
  /** What its starter wants to be notified about, as `checkEvents()` accepts it. */
  readonly notify?: readonly string[] | undefined;
  /** What approved the command already. */
  readonly approvedBy?: string | undefined;
  /** Whether the job may be queued if too many jobs are running, if the settings allow it. Otherwise it is refused. */
  readonly mayQueue?: boolean | undefined;
  /** A running or queued job that this one takes the place of. Jobs that wait for it wait for this one. */
  readonly replaces?: KillParams | undefined;
  /** The job that is started again. */
  readonly follows?: FollowParams | undefined;
  /** Whether it starts a known job again, so that its caller gives nothing but the job. */
  readonly isRestart?: boolean | undefined;
  readonly startedBy: Starter;
}

export interface StartDefaults {
  readonly cwd: string;
  readonly shell: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limits: Limits;
}

/** Longest command line. On Linux an argument holds 128 KiB including its NUL (MAX_ARG_STRLEN in execve(2)). */
const MAX_COMMAND_BYTES = 128 * 1024 - 1;

/**
 * Makes the complete specification of a job.
 *
 * @throws JobError if an argument is invalid
 */
export function makeSpec(request: StartRequest, defaults: StartDefaults): JobSpec {
  checkCommand(request.command);
  checkEnvironment(request.env ?? {});
  if (request.terminal !== undefined) checkTerminal(request, request.terminal);
  if (request.asksForInput === true && request.stdin === 'closed') throw new JobError(CLOSED_STDIN);
  const cwd = resolve(defaults.cwd, expandHome(request.cwd ?? '.', defaults.env));
  checkFolder(cwd, request.isRestart === true);
  const shell = findOnPath(defaults.shell, defaults.env);
  if (shell === undefined) {
    throw new JobError(
      `There is no shell ${quote(defaults.shell)}. Set the shell to the path of an existing one.`,
    );
  }
  if (process.platform === 'win32') {
    const problem = commandProblem(shell, request.command);
    if (problem !== undefined) throw new JobError(problem);
  }
  const timeout = request.timeoutSeconds ?? defaults.limits.defaultTimeout;
  return {
    id: randomUUID(),
    ...(request.name !== undefined && { name: request.name }),
    command: request.command,
    cwd,
    shell,
    env: request.env ?? {},
    stdin: request.stdin ?? 'open',
    mergeStderr: request.mergeStderr ?? true,
    ...(request.encoding !== undefined && { encoding: knownEncoding(request.encoding) }),
    ...(request.terminal !== undefined && { terminal: request.terminal }),
    ...(timeout > 0 && { timeoutMs: timeout * 1000 }),
    graceMs: (request.graceSeconds ?? defaults.limits.graceSeconds) * 1000,
    maxOutputSize: defaults.limits.maxOutputSize,
    ...(request.ready !== undefined && { ready: request.ready }),
    ...(request.notify !== undefined && { notify: request.notify }),
    startedBy: request.startedBy,
  };
}

/** Says why a runner refused to start a job. */
export function refusalOf(
  refusal: Extract<StartResult, { readonly refused: 'name' | 'limit' }>,
  running: readonly JobRecord[],
  { maxConcurrentJobs }: Limits,
  isRestart = false,
): JobError {
  if (refusal.refused === 'name') {
    const { name = '', status, command, cwd } = refusal.job;
    return new JobError(
      `The name ${quote(name)} belongs to a ${status} job with another command or folder: ${quote(command, 100)} in ${quote(cwd)}. ` +
        (isRestart ? 'Kill that job first.' : 'Choose another name, or kill that job first.'),
    );
  }
  const count = refusal.running === 1 ? '1 job is' : `${refusal.running} jobs are`;
  const names = running.map(({ id, name }) => (name === undefined ? id : quote(name))).join(', ');
  return new JobError(
    `${count} running, the limit (maxConcurrentJobs) is ${maxConcurrentJobs}. ` +
      `Kill one that is not needed, or wait for its end: ${names}.`,
  );
}

export const CLOSED_STDIN =
  'A job with its stdin closed never waits for input. Start it with stdin "open", or wait for something else.';

/** Largest terminal. Programs keep all of it in memory, and redraw it. */
const MAX_TERMINAL_SIZE: TerminalSize = { columns: 500, rows: 300 };

/** @throws JobError if the size is out of bounds, with the bounds */
export function checkTerminalSize({ columns, rows }: TerminalSize): void {
  const isWithin = (value: number, max: number): boolean =>
    Number.isInteger(value) && value >= 1 && value <= max;
  const { columns: maxColumns, rows: maxRows } = MAX_TERMINAL_SIZE;
  if (isWithin(columns, maxColumns) && isWithin(rows, maxRows)) return;
  throw new JobError(
    `A terminal cannot have ${columns} columns and ${rows} rows. Use 1 to ${maxColumns} columns and 1 to ${maxRows} rows.`,
  );
}

function checkTerminal({ stdin, mergeStderr }: StartRequest, size: TerminalSize): void {
  checkTerminalSize(size);
  if (stdin === 'closed') {
    throw new JobError(
      'A terminal has no closed stdin. Use stdin "open", or start the job without a terminal.',
    );
  }
  if (mergeStderr === false) {
    throw new JobError(
      'A terminal has one stream. Use stderr "merged", or start the job without a terminal to keep stderr apart.',
    );
  }
}

function checkCommand(command: string): void {
  if (command.trim() === '') throw new JobError('The command is empty. Give the command line to run.');
  if (command.includes('\0')) throw new JobError('The command contains a NUL character. Remove it.');
  if (Buffer.byteLength(command) > MAX_COMMAND_BYTES) {
    throw new JobError(
      `The command is longer than ${MAX_COMMAND_BYTES} bytes. Put it into a script and run that.`,
    );
  }
}

/** The errors leave out the values, which may be secret. */
function checkEnvironment(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || /[=\0]/.test(name)) {
      throw new JobError(`${quote(name, MAX_NAME_LENGTH)} is not a valid name of a variable. Correct env.`);
    }
    if (value.includes('\0'))
      throw new JobError(`The variable ${quote(name, MAX_NAME_LENGTH)} contains a NUL character. Remove it.`);
  }
}

function knownEncoding(label: string): string {
  const encoding = encodingNamed(label);
  if (encoding !== undefined) return encoding;
  throw new JobError(
    `The encoding ${quote(label, MAX_NAME_LENGTH)} is not supported. Use one such as gbk, gb18030, big5, shift_jis, ` +
      'euc-jp, euc-kr, windows-1252, iso-8859-2, koi8-r or utf-16le.',
  );
}

/** Replaces a leading `~` by the home folder, as a shell does. `~user` stays as it is. */
function expandHome(path: string, { HOME }: NodeJS.ProcessEnv): string {
  const home = HOME === undefined || HOME === '' ? homedir() : HOME;
  return path.replace(/^~(?=$|[/\\])/, () => home);
}

const OTHER_FOLDER = 'kill the job and execute its command with another cwd';

function checkFolder(cwd: string, isRestart: boolean): void {
  let stats: Stats | undefined;
  try {
    stats = statSync(cwd, { throwIfNoEntry: false });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new JobError(
      `The folder ${quote(cwd)} cannot be accessed (${code}). ${
        isRestart ? `Make it accessible and restart the job again, or ${OTHER_FOLDER}` : 'Give another cwd'
      }.`,
    );
  }
  if (stats === undefined)
    throw new JobError(
      `The folder ${quote(cwd)} does not exist. ${
        isRestart
          ? `Create it and restart the job again, or ${OTHER_FOLDER}`
          : 'Give the path of an existing folder as cwd'
      }.`,
    );
  if (!stats.isDirectory())
    throw new JobError(
      `${quote(cwd)} is not a folder. ${
        isRestart ? `Make it a folder and restart the job again, or ${OTHER_FOLDER}` : 'Give a folder as cwd'
      }.`,
    );
}

/** Longest name of a job, in characters. */
export const MAX_NAME_LENGTH = 64;

/** @returns undefined for an empty name @throws JobError if it is too long */
export function checkName(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed.length > MAX_NAME_LENGTH)
    throw new JobError(`The name is longer than ${MAX_NAME_LENGTH} characters. Shorten it.`);
  return trimmed === '' ? undefined : trimmed;
}
