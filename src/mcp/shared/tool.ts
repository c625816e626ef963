import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import type { JobManager } from '../../jobs/manager.ts';
import type { Starter } from '../../protocol/job-record.ts';

/** What a tool gets besides its arguments. */
export interface ToolContext {
  readonly manager: JobManager;
  readonly caller: Starter;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
  /** Runs an action that must not run twice if the client repeats a call because no answer reached it. */
  readonly once: <T>(action: () => Promise<T>) => Promise<T>;
  /** Reports progress to the user. Does nothing if the client did not ask for it. */
  readonly progress: (message: string) => void;
}

/** Text in one or more blocks, or structured content, which is also sent as JSON text. */
export type Answer = string | readonly string[] | { readonly structured: Record<string, unknown> };

export interface Tool<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** Shown to the user. */
  readonly title: string;
  readonly description: string;
  /** Strict, since an unknown parameter is most likely misspelled. */
  readonly parameters: Schema;
  /** Old names of parameters, by which they are accepted for one more version, with the names that they have now. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Other names that callers use, because other tools have them, with the names in this tool. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly annotations: ToolAnnotations;
  /**
   * @returns the answer
   * @throws JobError for a problem that the caller can solve. Any other error is a bug.
   */
  readonly run: (args: z.output<Schema>, context: ToolContext) => Promise<Answer> | Answer;
}

/** Infers the arguments of `run` from the schema. */
export function defineTool<Schema extends z.ZodObject>(tool: Tool<Schema>): Tool {
  return tool;
}
