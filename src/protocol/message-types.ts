/** A request: its method, and the types of its params and its result. */
export class RequestType<P, R> {
  readonly method: string;
  /** Never set. Without it, all types of requests would be the same. */
  declare readonly types: readonly [P, R];

  constructor(method: string) {
    this.method = method;
  }
}

/** A message without an answer: its method, and the type of its params. */
export class NotificationType<P> {
  readonly method: string;
  /** Never set. See `RequestType`. */
  declare readonly types: readonly [P];

  constructor(method: string) {
    this.method = method;
  }
}

/** The codes of JSON-RPC 2.0 that are used here. */
export const ERROR_CODES = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

/** The answer to a request is an error. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
