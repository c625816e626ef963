import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { JobError } from '../../base/job-error.ts';
import { escapeControls, quote } from '../../base/quoted-text.ts';
import type { Approval, ApprovalQuestion } from '../../policy/command-policy.ts';
import type { JobRecord, JobSpec, Starter } from '../../protocol/job-record.ts';

/** The rules of the user for commands of agents. */
export interface ApprovalSettings {
  /** The setting that approves every command, if there is one. */
  readonly approvesAll?: string | undefined;
  /** The rules for terminal commands; empty if the user turned them off. */
  readonly rules: Readonly<Record<string, unknown>>;
  /** Whether scripts of the package.json in the folder of a job are approved. */
  readonly approvesNpmScripts: boolean;
  readonly allowsFileWrites: boolean;
  /** The folders of the workspace. Commands in other folders are always asked for. */
  readonly folders: readonly string[];
}

/** A command about which the user decides. Do not trust its text. */
export interface CommandQuestion {
  readonly command: string;
  readonly cwd: string;
  readonly startedBy: Starter;
  /** Why no rule approves it, as a clause. */
  readonly why: string;
}

/** Asks the user. @returns undefined if the command must not run */
export type AskApproval = (question: CommandQuestion) => Promise<'once' | 'session' | undefined>;

interface JobApprovalsOptions {
  /** Undefined if no command needs an approval. */
  readonly settings: () => ApprovalSettings | undefined;
  readonly judge: (question: ApprovalQuestion) => Promise<Approval>;
  /** Undefined if there is no window to ask in. Then no command needs an approval. */
  readonly ask: AskApproval | undefined;
}

/** How long a start waits for the user. Clients give up after 60 s. */
const ANSWER_MS = 45_000;

/** What lets a job start. */
export interface StartApproval {
  /** For its record. Undefined if it needs no approval. */
  readonly approvedBy: string | undefined;
  /** The job that runs already, for which alone it counts. */
  readonly expects?: string;
}

type Wanted = Pick<JobSpec, 'command' | 'cwd' | 'env' | 'shell' | 'startedBy'>;

/** Lets commands of agents start if rules of the user approve them, and asks the user about all others. */
export class JobApprovals {
  readonly #options: JobApprovalsOptions;
  readonly #answerMs: number;
  /** Commands that the user approved for as long as the window is open. */
  readonly #approved = new Set<string>();
  /** Commands that the user approved after the call had returned. Each may start once. */
  readonly #approvedLate = new Set<string>();
  readonly #open = new Map<string, ReturnType<AskApproval>>();

  constructor(options: JobApprovalsOptions, answerMs = ANSWER_MS) {
    this.#options = options;
    this.#answerMs = answerMs;
  }

  /**
   * Resolves when a job may start.
   *
   * @returns what approved it, for its record; undefined if it needs no approval
   * @throws JobError if the user refuses it or does not answer in time
   */
  async require(wanted: Wanted): Promise<string | undefined> {
    const { ask } = this.#options;
    const settings = this.#options.settings();
    if (wanted.startedBy.kind === 'person' || settings === undefined || ask === undefined) return undefined;
    if (settings.approvesAll !== undefined) return `setting ${settings.approvesAll}`;
    const key = JSON.stringify([wanted.command, wanted.cwd, wanted.env]);
    const approval = await this.#judge(wanted, settings);
    if (approval.decision === 'allow') return approval.rules.map((rule) => `rule ${rule}`).join(', ');
    if (this.#approved.has(key)) return 'the user, for this session';
    if (this.#approvedLate.delete(key)) return 'the user';
    const { command, cwd, startedBy } = wanted;
    const answer = await this.#ask(key, () => ask({ command, cwd, startedBy, why: approval.why }));
    return answer === 'session' ? 'the user, for this session' : 'the user';
  }

  /**
   * The same for a job that may run already. Nothing starts then: the caller gets that job.
   *
   * @param active the queued and running jobs
   */
  async requireForStart(spec: JobSpec, active: readonly JobRecord[]): Promise<StartApproval> {
    const { name, command, cwd, env } = spec;
    const running = name === undefined ? undefined : active.find((job) => job.name === name);
    const isSame = running?.command === command && running.cwd === cwd && isDeepStrictEqual(running.env, env);
    if (!isSame) return { approvedBy: await this.require(spec) };
    return { approvedBy: running.approvedBy, expects: running.id };
  }

  async #judge(wanted: Wanted, settings: ApprovalSettings): Promise<Approval> {
    const { command, shell, cwd, env } = wanted;
    const { rules, allowsFileWrites } = settings;
    // Rules know neither variables nor folders.
    const unknown = [...variablesIn(env), ...(isWithinAny(settings.folders, cwd) ? [] : [outside(cwd)])];
    if (unknown.length > 0) return { decision: 'ask', why: unknown.join(' and ') };
    const npmScripts = settings.approvesNpmScripts ? await scriptsIn(cwd) : [];
    return this.#options.judge({ rules, npmScripts, allowsFileWrites, command, shell });
  }

  /** Asks once about a command, however often it is requested. */
  async #ask(key: string, ask: () => ReturnType<AskApproval>): Promise<'once' | 'session'> {
    const open = this.#open.get(key) ?? this.#begin(key, ask);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#answerMs);
    });
    const answer = await Promise.race([open, late]).finally(() => clearTimeout(timer));
    if (answer === 'late') {
      const take = (decision: Awaited<typeof open>): void => {
        if (this.#open.get(key) === open && decision === 'once') this.#approvedLate.add(key);
        this.#settle(key, open, decision);
      };
      // Nobody waits for a question that cannot be shown any more, and the next call asks again.
      open.then(take, () => undefined);
      throw new JobError(
        'The user has not answered yet whether this command may run. Nothing was started. Do something else, then make the same call again.',
      );
    }
    this.#settle(key, open, answer);
    if (answer === undefined)
      throw new JobError('The user does not allow this command. Ask what to do instead.');
    return answer;
  }

  #begin(key: string, ask: () => ReturnType<AskApproval>): ReturnType<AskApproval> {
    const open = ask();
    this.#open.set(key, open);
    open.catch(() => this.#open.delete(key));
    return open;
  }

  #settle(key: string, open: ReturnType<AskApproval>, decision: Awaited<ReturnType<AskApproval>>): void {
    if (decision === 'session') this.#approved.add(key);
    if (this.#open.get(key) === open) this.#open.delete(key);
  }
}

/** Names variables with their values: `LD_PRELOAD` or `PATH` can make any command run something else. */
function variablesIn(env: Readonly<Record<string, string>>): string[] {
  const variables = Object.entries(env).map(
    ([name, value]) => `${name}=${escapeControls(JSON.stringify(value))}`,
  );
  return variables.length === 0 ? [] : [`it gets the environment variables ${variables.join(' ')}`];
}

function outside(cwd: string): string {
  return `its folder ${quote(cwd)} is not in the workspace`;
}

function isWithinAny(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => isWithin(folder, path));
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

/** Returns the names of the scripts in the package.json of a folder. */
async function scriptsIn(folder: string): Promise<string[]> {
  try {
    const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      readonly scripts?: unknown;
    };
    return typeof scripts === 'object' && scripts !== null ? Object.keys(scripts) : [];
  } catch {
    // There is no package.json, or it cannot be read. Then it has no scripts.
    return [];
  }
}
