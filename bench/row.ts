/** What a row of the table measures. A row yields one or more figures from the same run. */
import type { Amounts } from './amounts.ts';
import type { SceneOptions } from './scene.ts';
import type { Session } from './session.ts';
import type { Workload } from './workload.ts';

export interface Metric {
  id: string;
  title: string;
  unit: '%' | 'jobs' | 'KB' | 'MB' | 'ms' | 'per s' | 's' | 'shapes';
  /** What this project is to reach, for the reader: no figure is a pass mark. */
  goal?: string;
}

/** Figures by the id of their metric, in the metric's unit. */
export type Figures = Record<string, number>;

export interface Measurement {
  figures: Figures;
  /** What was wrong although there are figures, such as output that cannot be read back. */
  problems: string[];
  /** Bare limits that were measured in turn with the figures; they count in place of those of the row. */
  limit?: Figures;
}

export interface RowContext {
  workload: Workload;
  amounts: Amounts;
}

export interface Row {
  id: string;
  /** It takes long: measured in the first round only. */
  once?: boolean;
  /** Another row, with less of the same: who failed there is spared this one. */
  after?: string;
  /** It is about VS Code: only peers that are inside one take part. */
  inEditor?: boolean;
  metrics(context: RowContext): Metric[];
  session?(context: RowContext): SceneOptions;
  /** The same work without any server, right before each peer: figures of those metrics that have a bare limit. */
  measureLimit?(context: RowContext): Promise<Figures>;
  /** @throws NotOffered when the server has nothing of the kind */
  measure(session: Session, context: RowContext): Promise<Measurement>;
}
