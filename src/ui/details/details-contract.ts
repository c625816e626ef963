// What the page of a job's details and the extension send each other. All texts are localized and printable.

/** A curve over time. */
export interface Chart {
  readonly title: string;
  /** The figures in words, such as "12 % now". */
  readonly summary: string;
  /** One value a second, oldest first. Null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** The value at the upper edge. */
  readonly most: number;
}

interface ProcessRow {
  /** How many of its ancestors are listed. */
  readonly depth: number;
  readonly cells: readonly string[];
}

interface RunRow {
  readonly id: string;
  /** Whether it is the job whose details are shown. */
  readonly isShown: boolean;
  readonly cells: readonly string[];
}

/** A part of the page. */
interface Section {
  readonly title: string;
  /** What it says if it has no content. */
  readonly empty: string;
}

export interface DetailsState {
  /** Of the job. */
  readonly id: string;
  readonly title: string;
  readonly command: string;
  readonly status: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly charts: readonly Chart[];
  /** How many values a chart has space for. */
  readonly samples: number;
  /** How long that is, in words. */
  readonly span: string;
  readonly ports: Section & { readonly ports: readonly number[] };
  readonly processes: Section & {
    readonly columns: readonly string[];
    readonly rows: readonly ProcessRow[];
    /** How many further processes there are, in words. */
    readonly more?: string | undefined;
  };
  readonly environment: Section & { readonly names: readonly string[] };
  readonly runs: Section & { readonly columns: readonly string[]; readonly rows: readonly RunRow[] };
}

/** What the page sends. It is not trusted. */
export type PageMessage =
  /** It can be seen, and wants the state. */
  | { readonly type: 'visible' }
  | { readonly type: 'hidden' }
  | { readonly type: 'openPort'; readonly port: number }
  | { readonly type: 'openRun'; readonly id: string };
