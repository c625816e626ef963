import * as vscode from 'vscode';
import { OTHER_SETTINGS, OUTPUT_VIEWS, type OutputView } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';
import type { Memory } from '../memory.ts';
import { readSetting } from '../settings.ts';
import type { JobTerminals } from '../terminal/job-terminals.ts';
import { OutputChannels } from './output-channels.ts';

interface ShowOptions {
  readonly view?: OutputView;
  readonly preserveFocus: boolean;
  readonly isNew?: boolean;
}

/** Shows the output of jobs as text in an output channel, or in a terminal that accepts input. */
export class JobOutput implements vscode.Disposable {
  readonly #channels: OutputChannels;
  readonly #jobs: ManagerSource;
  readonly #memory: Memory;
  /** Loaded with the first terminal. */
  #loading: Promise<JobTerminals> | undefined;
  #terminals: JobTerminals | undefined;

  constructor(jobs: ManagerSource, memory: Memory) {
    this.#jobs = jobs;
    this.#memory = memory;
    this.#channels = new OutputChannels(jobs);
  }

  /**
   * @param view by default the one from the settings
   * @param preserveFocus whether the focus stays where it is
   * @param isNew true if the job has just been started, and no other view shows it
   */
  async show(
    id: string,
    { view = preferredView(), preserveFocus, isNew = false }: ShowOptions,
  ): Promise<void> {
    this.#jobs.current?.watches.seen(id);
    if (view === 'terminal') (await this.#loadTerminals()).show(id, { preserveFocus, isNew });
    else this.#channels.show(id);
  }

  /** Returns true if the output of a job is certainly visible. Extensions cannot tell whether a terminal is visible. */
  isVisible(id: string): boolean {
    return this.#channels.isVisible(id);
  }

  dispose(): void {
    this.#channels.dispose();
    this.#terminals?.dispose();
  }

  #loadTerminals(): Promise<JobTerminals> {
    this.#loading ??= import('../terminal/job-terminals.ts').then(({ JobTerminals }) => {
      this.#terminals = new JobTerminals(this.#jobs, this.#memory);
      return this.#terminals;
    });
    return this.#loading;
  }
}

function preferredView(): OutputView {
  const value = readSetting(OTHER_SETTINGS.openOutputIn);
  return OUTPUT_VIEWS.find((view) => view === value) ?? OUTPUT_VIEWS[0];
}
