import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ErrorCode,
  isJSONRPCRequest,
  JSONRPCMessageSchema,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { parseMessage } from '../shared/json-text.ts';

/** Bytes of a message; SDKs of clients end the connection above it, too. */
const MAX_MESSAGE = 10 * 1024 * 1024;
const LINE_END = 10;

/** What came as one array (MCP 2025-03-26) and is answered as one. */
interface Batch {
  readonly open: Set<RequestId>;
  readonly answers: JSONRPCMessage[];
}

/**
 * JSON-RPC messages, a line each. In place of the SDK's own transport, which says nothing to a line that it cannot use,
 * does not know batches, and for one line that is too long stops listening for good. Lines are not read while the client
 * does not read the answers.
 */
export class StdioTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #batches = new Map<RequestId, Batch>();
  /** Of the line that is being read: what came so far, unless it is too long. */
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
    if (this.#size > MAX_MESSAGE) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #onLine(): void {
    const [size, bytes] = [this.#size, Buffer.concat(this.#parts)];
    this.#size = 0;
    this.#parts = [];
    if (size > MAX_MESSAGE) {
      const problem = `The message is larger than ${MAX_MESSAGE} bytes. Send less.`;
      this.#refuse(ErrorCode.InvalidRequest, problem);
      return;
    }
    let body: unknown;
    try {
      body = parseMessage(bytes);
    } catch (error) {
      // An empty line is none.
      if (bytes.toString('latin1').trim() === '') return;
      const problem = `The line cannot be read. ${(error as Error).message} Send a JSON-RPC message.`;
      this.#refuse(ErrorCode.ParseError, problem);
      return;
    }
    if (Array.isArray(body)) this.#onBatch(body);
    else this.#deliver(body);
  }

  #onBatch(bodies: readonly unknown[]): void {
    if (bodies.length === 0) this.#refuse(ErrorCode.InvalidRequest, 'The batch is empty. Send a message.');
    const batch: Batch = { open: new Set(), answers: [] };
    const requests = bodies.filter((body) => isJSONRPCRequest(body)).map(({ id }) => id);
    for (const id of requests) {
      batch.open.add(id);
      this.#batches.set(id, batch);
    }
    for (const body of bodies) this.#deliver(body);
  }

  #deliver(body: unknown): void {
    const { success, data } = JSONRPCMessageSchema.safeParse(body);
    if (!success) {
      const { id } = (body ?? {}) as Record<string, unknown>;
      this.#refuse(ErrorCode.InvalidRequest, 'This is no JSON-RPC message. Send one.', id);
      return;
    }
    this.onmessage?.(data);
    if (!('method' in data) || data.method !== 'notifications/cancelled') return;
    const id = data.params?.requestId as RequestId | undefined;
    // A call that is cancelled gives no answer, and knows of it by then. The SDK takes 0 and '' for no ids here.
    if (id !== undefined && id !== 0 && id !== '') setImmediate(() => this.#settle(id));
  }

  #settle(id: RequestId): void {
    const batch = this.#batches.get(id);
    if (batch === undefined) return;
    this.#batches.delete(id);
    batch.open.delete(id);
    if (batch.open.size === 0 && batch.answers.length > 0) this.#write(batch.answers);
  }

  #refuse(code: ErrorCode, message: string, id: unknown = null): void {
    const isId = typeof id === 'string' || typeof id === 'number';
    this.#write({ jsonrpc: '2.0', error: { code, message }, id: isId ? id : null });
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
