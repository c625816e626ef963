/** What a row of the table measures. A row yields one or more figures from the same run. */
import type { Session } from './session.ts';
import type { Workload } from './workload.ts';

export interface Metric {
  id: string;
  title: string;
  unit: 'MB' | 'ms' | 's';
}

/** Figures by the id of their metric, in the metric's unit. */
export type Figures = Record<string, number>;

export interface Measurement {
  figures: Figures;
  /** What was wrong although there are figures, such as output that cannot be read back. */
  problems: string[];
}

export interface RowContext {
  workload: Workload;
  quick: boolean;
}

export interface Row {
  id: string;
  metrics(context: RowContext): Metric[];
  /** The same work without any server: figures of those metrics that have a bare limit. */
  measureLimit(context: RowContext): Promise<Figures>;
  measure(session: Session, context: RowContext): Promise<Measurement>;
}
