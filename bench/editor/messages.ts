/** Requests of the harness to the suite inside VS Code, as lines of JSON over a socket. */
export type EditorVerb =
  | 'activationTime'
  | 'callTool'
  | 'hideChat'
  | 'hideView'
  | 'memory'
  | 'openChat'
  | 'openOutput'
  | 'showCards'
  | 'showView'
  | 'startMeter'
  | 'stopMeter';

export interface EditorQuestion {
  readonly id: number;
  readonly verb: EditorVerb;
  readonly argument: Readonly<Record<string, unknown>>;
}

export interface EditorAnswer {
  readonly id: number;
  readonly error?: string;
  readonly result?: unknown;
}

/** Figures of the extension host between `startMeter` and `stopMeter`, in ms. */
export interface MeterReading {
  readonly p99: number;
  readonly max: number;
  readonly cpu: number;
}
