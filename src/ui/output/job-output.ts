import * as vscode from 'vscode';
import { OTHER_SETTINGS, OUTPUT_VIEWS, type OutputView } from '../contributions.ts';
import { JobTerminals } from '../terminal/job-terminals.ts';
import type { ManagerSource } from '../manager-source.ts';
import { readSetting } from '../settings.ts';
import { OutputChannels } from './output-channels.ts';

/** Shows the output of jobs as text in an output channel, or in a terminal that accepts input. */
export class JobOutput implements vscode.Disposable {
  readonly #channels: OutputChannels;
  readonly #terminals: JobTerminals;

  constructor(jobs: ManagerSource) {
    this.#channels = new OutputChannels(jobs);
    this.#terminals = new JobTerminals(jobs);
  }

  /**
   * @param view by default the one from the settings
   * @param preserveFocus whether the focus stays where it is
   */
  show(
    id: string,
    { view = preferredView(), preserveFocus }: { view?: OutputView; preserveFocus: boolean },
  ): void {
    if (view === 'terminal') this.#terminals.show(id, preserveFocus);
    else this.#channels.show(id);
  }

  /** Returns true if the output of a job is certainly visible. Extensions cannot tell whether a terminal is visible. */
  isVisible(id: string): boolean {
    return this.#channels.isVisible(id);
  }

  dispose(): void {
    this.#channels.dispose();
    this.#terminals.dispose();
  }
}

function preferredView(): OutputView {
  const value = readSetting(OTHER_SETTINGS.openOutputIn);
  return OUTPUT_VIEWS.find((view) => view === value) ?? OUTPUT_VIEWS[0];
}
