import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import type { JobManager } from '../../jobs/manager.ts';
import type { Starter } from '../../protocol/job-record.ts';

/** What a tool is given besides its arguments. */
export interface ToolContext {
  readonly manager: JobManager;
  /** Who calls. */
  readonly caller: Starter;
  /** Aborts when the call is cancelled. */
  readonly signal: AbortSignal;
  /** Does what must not be done twice when the client sends a call again because no answer reached it. */
  readonly once: <T>(action: () => Promise<T>) => Promise<T>;
  /** Tells the person who waits what is going on; does nothing when the client did not ask for it. */
  readonly progress: (message: string) => void;
}

/** Text, in one or more blocks; or facts for programs, which are given as JSON text as well. */
export type Answer = string | readonly string[] | { readonly structured: Record<string, unknown> };

export interface Tool<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly description: string;
  /** Strict: an unknown parameter is refused, as it is most likely a misspelt one. */
  readonly parameters: Schema;
  /** What is left out has the default of the specification: it writes, destroys, and meets an open world. */
  readonly annotations: ToolAnnotations;
  /**
   * @returns the answer
   * @throws JobError: told to the caller; anything else is a fault of ours
   */
  readonly run: (args: z.output<Schema>, context: ToolContext) => Promise<Answer> | Answer;
}

/** Ties the arguments of `run` to the schema. */
export function defineTool<Schema extends z.ZodObject>(tool: Tool<Schema>): Tool {
  return tool;
}
