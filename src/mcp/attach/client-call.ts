import {
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type ListToolsResult,
} from '@modelcontextprotocol/sdk/types.js';
import { toolOf } from './call-failures.ts';
import type { WindowFinder } from './window-finder.ts';

/** A request of the client that is not answered yet. */
export interface ClientCall {
  readonly request: JSONRPCRequest;
  /** Aborts when the client cancels it. From then on, nothing is sent. */
  readonly signal: AbortSignal;
  /** Sends a message that belongs to the call. The answer ends it. */
  readonly send: (message: JSONRPCMessage) => void;
}

/** Knows which calls can be sent again after their window has gone in the middle of them. */
export class KnownTools {
  /** Names of tools that change nothing. */
  readonly #readers = new Set<string>();

  /** Takes what the window answers to a request. */
  learn({ method }: JSONRPCRequest, answer: JSONRPCMessage): void {
    if (method !== 'tools/list' || !isJSONRPCResultResponse(answer)) return;
    for (const { name, annotations } of (answer.result as ListToolsResult).tools) {
      if (annotations?.readOnlyHint === true) this.#readers.add(name);
    }
  }

  changesNothing(request: JSONRPCRequest): boolean {
    const tool = toolOf(request);
    return tool === undefined || this.#readers.has(tool);
  }

  /** A wait that starts again may exceed the client's own timeout. */
  isRepeatable(request: JSONRPCRequest): boolean {
    return this.changesNothing(request) && toolOf(request) !== 'wait';
  }
}

/** What the sessions and the single requests of a client share. */
export interface ClientParts {
  readonly window: WindowFinder;
  readonly tools: KnownTools;
  /** Answers a call that cannot be carried out. Never rejects. */
  readonly fail: (call: ClientCall, error: unknown) => Promise<void>;
}
