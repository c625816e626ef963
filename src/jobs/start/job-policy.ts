import { JobError } from '../../base/job-error.ts';
import {
  type Approval,
  type ApprovalQuestion,
  type CommandLists,
  CommandPolicy,
} from '../../policy/command-policy.ts';
import type { JobSpec, Starter } from '../../protocol/job-record.ts';

export interface PolicySettings {
  /** Which commands may run. By default all. */
  readonly commandLists?: CommandLists | undefined;
  /** Why no command may run, as whole sentences. The last one says what to do. */
  readonly restriction?: string | undefined;
}

/** Checks starts and input against the current settings. */
export class JobPolicy {
  readonly #settings: () => PolicySettings;
  readonly #commands: CommandPolicy;

  /** @param script path of the bundled policy worker */
  constructor(script: string, settings: () => PolicySettings) {
    this.#settings = settings;
    this.#commands = new CommandPolicy(script);
  }

  /**
   * @param by who starts the job or types. The lists do not apply to what a person types, which agents cannot do.
   * @throws JobError if it is refused
   */
  async check(
    { command, shell, env }: Pick<JobSpec, 'command' | 'shell' | 'env'>,
    wanted: 'start' | 'input',
    by: Starter['kind'],
  ): Promise<void> {
    const { commandLists: lists, restriction } = this.#settings();
    if (restriction !== undefined) throw new JobError(restriction);
    if (lists === undefined || (wanted === 'input' && by === 'person')) return;
    await this.#commands.check({ lists, command, shell, env, wanted });
  }

  /** Returns whether rules approve a command. */
  approve(question: ApprovalQuestion): Promise<Approval> {
    return this.#commands.approve(question);
  }

  dispose(): Promise<void> {
    return this.#commands.dispose();
  }
}
