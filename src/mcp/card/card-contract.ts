// What the card in the chat and the server know of each other (MCP Apps, specification 2026-01-26).

/** The extension that a client names if it shows cards. */
export const UI_EXTENSION = 'io.modelcontextprotocol/ui';

/** The type of pages that such a client accepts. */
export const PAGE_TYPE = 'text/html;profile=mcp-app';

export const CARD_URI = 'ui://background-jobs/job-card';

/** Tools that only the card calls. */
export const STATE_TOOL = 'job_card_state';
export const ACTION_TOOL = 'job_card_action';

export const ACTIONS = ['kill', 'restart', 'input', 'open'] as const;
export type CardAction = (typeof ACTIONS)[number];

/** How many lines of output a card shows. */
export const MAX_LINES = 12;

/** What the card shows of a job. */
export interface CardState {
  readonly id: string;
  readonly name?: string | undefined;
  readonly command: string;
  readonly status: string;
  /** Whether the job runs and meets its condition, such as that it listens on a port. */
  readonly isReady: boolean;
  /** How it ended, as the predicate of a sentence. */
  readonly end?: string | undefined;
  /** How long it ran, in ms. */
  readonly ranMs: number;
  /** Missing if the card did not ask for them. */
  readonly ports?: readonly number[] | undefined;
  /** All that it has printed, in bytes. */
  readonly printed: number;
  /** The end of the output, as it was printed. Missing if the card has shown all that was printed. */
  readonly tail?: string | undefined;
  /** Whether it waits for a line of input, or for a secret that the card must not take. */
  readonly waitsFor?: 'input' | 'secret' | undefined;
  readonly takesInput: boolean;
  /** Whether the editor can show it. */
  readonly canOpen: boolean;
}
