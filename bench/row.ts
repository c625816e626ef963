/** A row of the table. It yields one or more figures from the same run. */
import type { Amounts } from './amounts.ts';
import type { SceneOptions } from './scene.ts';
import type { Session } from './session.ts';
import type { Workload } from './workload.ts';

export interface Metric {
  id: string;
  title: string;
  unit: '%' | 'jobs' | 'KB' | 'MB' | 'ms' | 'per s' | 's' | 'shapes';
  /** The goal of this project, for the reader. No figure is a pass mark. */
  goal?: string;
}

/** Figures by the id of their metric, in its unit. */
export type Figures = Record<string, number>;

export interface Measurement {
  figures: Figures;
  /** A fault in spite of figures, such as output that cannot be read back. */
  problems: string[];
  /** Bare limits that were measured alternately with the figures. They replace those of the row. */
  limit?: Figures;
}

export interface RowContext {
  workload: Workload;
  amounts: Amounts;
}

export interface Row {
  id: string;
  /** Whether it takes long and runs only in the first round. */
  once?: boolean;
  /** A smaller row of the same kind. A peer that failed there skips this row. */
  after?: string;
  /** Whether only peers inside VS Code take part. */
  inEditor?: boolean;
  /** Whether it is about this project alone. */
  ours?: boolean;
  metrics(context: RowContext): Metric[];
  session?(context: RowContext): SceneOptions;
  /** The same work without a server, right before each peer. Returns figures of the metrics that have a bare limit. */
  measureLimit?(context: RowContext): Promise<Figures>;
  /** @throws NotOffered if the server lacks the feature */
  measure(session: Session, context: RowContext): Promise<Measurement>;
}
