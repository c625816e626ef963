import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ErrorCode,
  isJSONRPCRequest,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { parseMessage } from '../shared/json-text.ts';
import { malformedParams } from '../shared/malformed-params.ts';
import { isPlainRequest } from '../shared/plain-request.ts';
import { isStateless } from '../stateless/request-meta.ts';

/** The SDKs of clients close the connection above this size, too. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
const LINE_END = 10;
/** How long requests are answered after the client has closed its end. Clients of the SDK end the process after 2 s. */
const ANSWER_MS = 1000;

/** Messages that came as one array (MCP 2025-03-26), and are answered as one. */
interface Batch {
  readonly open: Set<RequestId>;
  readonly answers: JSONRPCMessage[];
}

/**
 * Reads and writes JSON-RPC messages, one per line. Unlike the SDK's transport, it answers invalid lines, supports
 * batches, and keeps listening after a line that is too long. While the client does not read the answers, no lines are
 * read.
 */
export class StdioTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #batches = new Map<RequestId, Batch>();
  /** The requests that are not answered yet. */
  readonly #open = new Set<RequestId>();
  #onAnswered: (() => void) | undefined;
  /** The beginning of the current line, unless that is too long. */
  #parts: Buffer[] = [];
  #size = 0;

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#onData);
    this.#output.on('drain', this.#onDrain);
  }

  async close(): Promise<void> {
    this.#input.off('data', this.#onData).pause();
    this.#output.off('drain', this.#onDrain);
    this.onclose?.();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const answered = 'method' in message ? undefined : message.id;
    const batch = answered === undefined ? undefined : this.#batches.get(answered);
    if (batch === undefined || answered === undefined) this.#write(message);
    else {
      batch.answers.push(message);
      this.#settle(answered);
    }
    if (answered !== undefined) this.#forget(answered);
  }

  /**
   * Resolves when the client has closed its end, and what it sent before is answered: a script may write its requests into a
   * pipe and read the answers afterwards. What takes longer than a moment is not waited for.
   */
  async untilLeft(): Promise<void> {
    await new Promise<unknown>((resolve) => this.#input.once('end', resolve).once('close', resolve));
    // A last line without its end.
    if (this.#size > 0) this.#onLine();
    if (this.#open.size > 0) {
      const answered = new Promise<void>((resolve) => (this.#onAnswered = resolve));
      await Promise.race([answered, delay(ANSWER_MS)]);
    }
    await new Promise<unknown>((resolve) => this.#output.write('', resolve));
  }

  /** Answers a message that is not passed on. @param id that of the message, if the answer may have it */
  refuse(code: number, message: string, id: unknown = null): void {
    const isId = typeof id === 'string' || typeof id === 'number';
    this.#write({ jsonrpc: '2.0', error: { code, message }, id: isId ? id : null });
  }

  readonly #onDrain = (): void => {
    this.#input.resume();
  };

  readonly #onData = (chunk: Buffer): void => {
    let from = 0;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#onLine();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  };

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > MAX_MESSAGE_BYTES) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #onLine(): void {
    const [size, bytes] = [this.#size, Buffer.concat(this.#parts)];
    this.#size = 0;
    this.#parts = [];
    if (size > MAX_MESSAGE_BYTES) {
      const problem = `The message is larger than ${MAX_MESSAGE_BYTES} bytes. Send less.`;
      this.refuse(ErrorCode.InvalidRequest, problem);
      return;
    }
    let body: unknown;
    try {
      body = parseMessage(bytes);
    } catch (error) {
      // Empty lines are ignored.
      if (bytes.toString('latin1').trim() === '') return;
      const problem = `The line cannot be read. ${(error as Error).message} Send a JSON-RPC message.`;
      this.refuse(ErrorCode.ParseError, problem);
      return;
    }
    if (Array.isArray(body)) this.#onBatch(body);
    else this.#deliver(body);
  }

  #onBatch(bodies: readonly unknown[]): void {
    if (bodies.length === 0) this.refuse(ErrorCode.InvalidRequest, 'The batch is empty. Send a message.');
    if (isStateless(bodies)) {
      const problem = 'This version of the protocol has no batches. Send each message by itself.';
      this.refuse(ErrorCode.InvalidRequest, problem);
      return;
    }
    const batch: Batch = { open: new Set(), answers: [] };
    const requests = bodies.filter((body) => isJSONRPCRequest(body)).map(({ id }) => id);
    // The answer to an id that is in use belongs to the earlier request.
    for (const id of requests.filter((each) => !this.#open.has(each))) {
      batch.open.add(id);
      this.#batches.set(id, batch);
    }
    for (const body of bodies) this.#deliver(body);
  }

  #forget(id: RequestId): void {
    this.#open.delete(id);
    if (this.#open.size === 0) this.#onAnswered?.();
  }

  #deliver(body: unknown): void {
    if (isPlainRequest(body)) {
      this.#open.add(body.id);
      this.onmessage?.(body);
      return;
    }
    const { success, data } = JSONRPCMessageSchema.safeParse(body);
    if (!success) {
      const { id } = (body ?? {}) as Record<string, unknown>;
      const problem = malformedParams(body);
      // A notification is never answered (JSON-RPC 2.0, Notification).
      if (problem !== undefined && id === undefined) return;
      if (problem !== undefined) this.refuse(ErrorCode.InvalidParams, problem, id);
      else this.refuse(ErrorCode.InvalidRequest, 'This is not a JSON-RPC message. Send one.', id);
      return;
    }
    if (isJSONRPCRequest(data)) this.#open.add(data.id);
    this.onmessage?.(data);
    if (!('method' in data) || data.method !== 'notifications/cancelled') return;
    const id = data.params?.requestId as RequestId | undefined;
    // By then the cancelled call knows that it must not answer. The SDK ignores 0 and '' as ids here.
    if (id === undefined || id === 0 || id === '') return;
    setImmediate(() => {
      this.#settle(id);
      this.#forget(id);
    });
  }

  #settle(id: RequestId): void {
    const batch = this.#batches.get(id);
    if (batch === undefined) return;
    this.#batches.delete(id);
    batch.open.delete(id);
    if (batch.open.size === 0 && batch.answers.length > 0) this.#write(batch.answers);
  }

  #write(message: unknown): void {
    const line = JSON.stringify(message).replace(/[\u2028\u2029]/g, escapeSeparator);
    if (!this.#output.write(`${line}\n`)) this.#input.pause();
  }
}

/** JSON allows these separators in text, but many clients, Node's readline among them, take them for line ends. */
function escapeSeparator(separator: string): string {
  return separator === '\u2028' ? '\\u2028' : '\\u2029';
}
