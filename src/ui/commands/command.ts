import type { JobRecord } from '../../protocol/job-record.ts';
import type { CommandId } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';
import type { JobOutput } from '../output/job-output.ts';
import type { LogDocuments } from '../output/log-document.ts';
import type { JobTree, TreeNode } from '../tree/job-tree.ts';
import type { JobSelection } from './job-picker.ts';

/** The parts of the extension that commands use. */
export interface CommandContext {
  readonly jobs: ManagerSource;
  readonly outputs: JobOutput;
  readonly logs: LogDocuments;
  readonly tree: JobTree;
  /** Path of the page with the details of a job. */
  readonly detailsPage: string;
  /** Shows an error as a notification. */
  readonly report: (error: unknown) => void;
  /** Wraps commands that are buttons of rows and move another row under the mouse. */
  readonly ignoreSecondClick: (handler: CommandHandler) => CommandHandler;
  /** Returns the jobs of the selected rows, of the clicked row, or one that the user picks from a list. */
  readonly choose: (given: CommandArguments, only?: JobSelection) => Promise<JobRecord[]>;
}

/**
 * The arguments that VS Code passes to a command. Menus of a row pass the row and all selected rows. Keybindings pass
 * the word `selection`, which the manifest sets.
 */
export type CommandArguments = readonly [node?: TreeNode | 'selection', nodes?: readonly TreeNode[]];

export type CommandHandler = (...given: CommandArguments) => Promise<void>;

/** Handlers by the id of their command. */
export type Commands = Readonly<Partial<Record<CommandId, CommandHandler>>>;
