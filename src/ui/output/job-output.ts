import * as vscode from 'vscode';
import { OTHER_SETTINGS, OUTPUT_VIEWS, SETTINGS_SECTION, type OutputView } from '../contributions.ts';
import { JobTerminals } from '../terminal/job-terminals.ts';
import type { ManagerSource } from '../manager-source.ts';
import { OutputChannels } from './output-channels.ts';

/** The two ways to look at the output of a job: as text in an output channel, or in a terminal, where one can type. */
export class JobOutput implements vscode.Disposable {
  readonly #channels: OutputChannels;
  readonly #terminals: JobTerminals;

  constructor(jobs: ManagerSource) {
    this.#channels = new OutputChannels(jobs);
    this.#terminals = new JobTerminals(jobs);
  }

  /**
   * @param view as the settings say when it is left out
   * @param preserveFocus whether the keyboard stays where it is
   */
  show(
    id: string,
    { view = preferred(), preserveFocus }: { view?: OutputView; preserveFocus: boolean },
  ): void {
    if (view === 'terminal') this.#terminals.show(id, preserveFocus);
    else this.#channels.show(id);
  }

  /** Whether the output of a job is on the screen for certain: VS Code does not tell whether a terminal is. */
  isInSight(id: string): boolean {
    return this.#channels.isInSight(id);
  }

  dispose(): void {
    this.#channels.dispose();
    this.#terminals.dispose();
  }
}

function preferred(): OutputView {
  const value = vscode.workspace.getConfiguration(SETTINGS_SECTION).get(OTHER_SETTINGS.openOutputIn);
  return OUTPUT_VIEWS.find((view) => view === value) ?? OUTPUT_VIEWS[0];
}
