import { oddValues, Random } from './random.ts';

/** The keywords of JSON Schema that help to generate values. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface ToolSchema {
  readonly name: string;
  readonly inputSchema: Schema;
}

const METHODS = [
  ...['ping', 'tools/list', 'tools/call', 'resources/list', 'resources/read', 'resources/templates/list'],
  ...[
    'resources/subscribe',
    'resources/unsubscribe',
    'completion/complete',
    'logging/setLevel',
    'initialize',
  ],
  ...[
    'prompts/list',
    'server/discover',
    'tasks/get',
    'sampling/createMessage',
    '__proto__',
    'constructor',
    '',
  ],
];
const NOTIFICATIONS = ['notifications/cancelled', 'notifications/initialized', 'notifications/progress', 'x'];

/** Tools that affect a job. They must never get the job that the fuzzer needs. */
const ACTING = ['kill', 'restart', 'interact'];

const SLOW = ['status', 'search'];

/**
 * Generates invalid requests of every kind, and some valid ones. None of them runs a command that has an
 * effect, waits for long, or affects the job that the fuzzer needs.
 */
export class Messages {
  readonly random: Random;
  readonly #odd: readonly unknown[];
  readonly #tools: readonly ToolSchema[];
  readonly #job: string;
  #id = 0;

  /** @param job id of a job to read from */
  constructor(seed: number, tools: readonly ToolSchema[], job: string) {
    this.random = new Random(seed);
    this.#odd = oddValues(seed);
    this.#tools = tools;
    this.#job = job;
  }

  odd(): unknown {
    return this.random.pick(this.#odd);
  }

  /** Returns a message: mostly a request, sometimes a notification, an answer, or another value. */
  message(): unknown {
    const kind = this.random.next();
    if (kind < 0.6) return this.request('tools/call', this.#toolCall());
    if (kind < 0.85) return this.request(this.random.pick(METHODS), this.#params());
    if (kind < 0.93)
      return { jsonrpc: '2.0', method: this.random.pick(NOTIFICATIONS), params: this.#params() };
    if (kind < 0.95) return { jsonrpc: '2.0', id: this.odd(), result: this.odd() };
    if (kind < 0.97)
      return { ...this.request('ping', {}), [this.random.pick(['jsonrpc', 'id', 'method'])]: this.odd() };
    return this.odd();
  }

  /** Returns a request of MCP 2026-07-28, whose metadata is mostly valid. Streams that it opens end at once. */
  stateless(): Record<string, unknown> & {
    readonly method: string;
    readonly params: Record<string, unknown>;
  } {
    const { random } = this;
    const odd = (valid: unknown): unknown => (random.chance(0.95) ? valid : this.odd());
    const isCall = random.chance(0.6);
    const method = isCall ? 'tools/call' : random.pick([...METHODS, 'subscriptions/listen']);
    const given = isCall ? this.#toolCall() : this.#params();
    const params = typeof given === 'object' && !Array.isArray(given) ? given : { value: given };
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': odd('2026-07-28'),
      'io.modelcontextprotocol/clientCapabilities': odd({}),
      ...(random.chance(0.5) && {
        'io.modelcontextprotocol/clientInfo': odd({ name: 'fuzz', version: '1' }),
      }),
      ...(random.chance(0.2) && { 'io.modelcontextprotocol/logLevel': odd('debug') }),
      ...(random.chance(0.2) && { progressToken: this.odd() }),
    };
    const listen = method === 'subscriptions/listen' && {
      notifications: { resourceSubscriptions: [this.odd()] },
    };
    return { ...this.request(method, {}), method, params: { ...params, ...listen, _meta } };
  }

  request(method: string, params: unknown): Record<string, unknown> {
    return {
      jsonrpc: '2.0',
      id: this.random.chance(0.9) ? ++this.#id : `${++this.#id}-${this.random.next()}`,
      method,
      params,
    };
  }

  /** Returns bytes that are not a valid message: cut, changed, or random. */
  garbage(): Buffer {
    const text = Buffer.from(JSON.stringify(this.message()));
    const kind = this.random.below(5);
    if (kind === 0) return this.random.bytes(this.random.below(2000));
    if (kind === 1) return text.subarray(0, this.random.below(text.length));
    if (kind === 2) return Buffer.concat([text, this.random.bytes(3)]);
    if (kind === 3) return Buffer.from('[{"a":'.repeat(this.random.below(5000)));
    const changed = Buffer.from(text);
    for (let i = 0; i < 3; i++) changed[this.random.below(changed.length)] = this.random.below(256);
    // The changed message must not run a command.
    return changed.includes('execute') ? changed.subarray(1) : changed;
  }

  #oddText(): string {
    const odd = this.odd();
    return typeof odd === 'string' ? odd : JSON.stringify(odd);
  }

  #params(): unknown {
    const uri = this.random.pick([
      `job://${this.#job}`,
      `job://${this.#job}/log`,
      'job://',
      'job://x/log',
      'file:///',
      this.odd(),
    ]);
    return this.random.pick<unknown>([
      { uri },
      { uri: `job://${this.#oddText()}` },
      { cursor: this.odd() },
      { ref: { type: 'ref/resource', uri: 'job://{id}' }, argument: { name: 'id', value: this.odd() } },
      { level: this.random.pick(['debug', 'emergency', this.odd()]) },
      { requestId: this.odd(), reason: this.odd() },
      { requestId: this.#id + this.random.below(3) },
      { progressToken: this.odd(), progress: this.odd() },
      { protocolVersion: this.odd(), capabilities: this.odd(), clientInfo: this.odd() },
      { name: this.odd(), arguments: this.odd(), _meta: this.odd() },
      this.odd(),
    ]);
  }

  #toolCall(): object {
    const { name, inputSchema } = this.random.pick(this.#tools);
    const { properties = {}, required = [] } = inputSchema;
    const entries = Object.entries(properties).flatMap(([key, schema]): [string, unknown][] => {
      const isGiven = required.includes(key) ? this.random.chance(0.97) : this.random.chance(0.3);
      return isGiven ? [[key, this.random.chance(0.7) ? this.#right(key, schema) : this.odd()]] : [];
    });
    if (this.random.chance(0.1)) entries.push([this.#oddText(), this.odd()]);
    const args = this.#tame(name, Object.fromEntries(entries));
    const meta = { progressToken: this.odd(), 'vscode.conversationId': 'c', 'vscode.requestId': this.odd() };
    return { name, arguments: args, ...(this.random.chance(0.2) && { _meta: meta }) };
  }

  #right(key: string, { type, enum: values, minimum = 0, maximum = 1000 }: Schema): unknown {
    if (key === 'job_id') return this.#job;
    if (values !== undefined) return this.random.pick(values);
    if (type === 'boolean') return this.random.chance(0.5);
    if (type === 'integer') return this.random.pick([minimum, minimum + this.random.below(100), maximum]);
    if (type === 'object') return { [this.#oddText()]: this.#oddText() };
    return this.random.pick(['x', 'a+', '[0-9]', '(?i)LINE']);
  }

  /** Changes calls so that they have no effect. */
  #tame(name: string, args: Record<string, unknown>): Record<string, unknown> {
    if (ACTING.includes(name)) {
      if (args.job_id === this.#job) args.job_id = 'nobody';
      if (JSON.stringify([args.job_ids]).includes(this.#job)) args.job_ids = ['nobody'];
      // The job of the test is one of the caller's own.
      if ('all' in args) args.all = this.random.pick([false, 'x']);
    }
    if (name === 'execute') {
      // A start takes as long as a hundred errors.
      const isStart = this.random.chance(0.05);
      if (!Array.isArray(args.command)) args.command = isStart ? 'true' : [];
      args.wait_s = this.random.pick([0, 'x', -1]);
    }
    // These tools list all processes, or start a thread.
    if (SLOW.includes(name) && this.random.chance(0.9)) args.job_id = this.#oddText();
    if (name === 'wait') args.wait_s = this.random.pick([0.001, '0.001', 0, 'x']);
    return args;
  }
}
