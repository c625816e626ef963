/** What the harness asks of the suite inside VS Code, over a socket with a line of JSON each. */
export type EditorVerb =
  | 'activationTime'
  | 'callTool'
  | 'hideView'
  | 'memory'
  | 'openOutput'
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

/** Of the extension host, between `startMeter` and `stopMeter`; all in ms. */
export interface MeterReading {
  readonly p99: number;
  readonly max: number;
  readonly cpu: number;
}
