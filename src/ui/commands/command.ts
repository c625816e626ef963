import type { JobRecord } from '../../protocol/job-record.ts';
import type { JobOutput } from '../output/job-output.ts';
import type { JobSelection } from './job-picker.ts';
import type { JobTree, TreeNode } from '../tree/job-tree.ts';
import type { LogDocuments } from '../output/log-document.ts';
import type { ManagerSource } from '../manager-source.ts';

/** What commands work with. */
export interface CommandContext {
  readonly jobs: ManagerSource;
  readonly outputs: JobOutput;
  readonly logs: LogDocuments;
  readonly tree: JobTree;
  /**
   * The jobs that a command is for: the rows that are selected, else the row that was clicked, else one that the user
   * picks from a list.
   */
  readonly choose: (given: Given, only?: JobSelection) => Promise<JobRecord[]>;
}

/**
 * What VS Code gives to a command: of a row, that row and all rows that are selected with it; of a key, as the manifest
 * says, a word for the selected rows.
 */
export type Given = readonly [node?: TreeNode | 'selection', nodes?: readonly TreeNode[]];

/** Commands by id. */
export type Commands = Readonly<Record<string, (...given: Given) => Promise<void>>>;
