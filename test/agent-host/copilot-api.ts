import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { GENERATE_CONTENT } from '../real-clients/generate-content.ts';
import { type Answer, findTool, type ModelRequest, type OfferedTool, ours, type Script } from './script.ts';
import { CHAT_COMPLETIONS, MESSAGES, RESPONSES, type WireFormat } from './wire-formats.ts';

export interface CopilotApi {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Sets what the model does in the next session turns. Resolves once the last turn was sent. */
  play(script: Script): Promise<readonly ModelRequest[]>;
  /** All requests of sessions since the last `play()`. */
  requests(): readonly ModelRequest[];
  close(): void;
}

/** Requests with fewer tools ask for a title or a summary. */
const MIN_SESSION_TOOLS = 3;
const FORMATS: readonly (readonly [RegExp, WireFormat])[] = [
  [/\/chat\/completions$/, CHAT_COMPLETIONS],
  [/\/responses$/, RESPONSES],
  [/\/v1\/messages(\?|$)/, MESSAGES],
  [/:streamGenerateContent/, GENERATE_CONTENT],
];

/** Stands in for GitHub's Copilot API: it knows one user and two models, which play a script. */
export async function startCopilotApi(): Promise<CopilotApi> {
  const player = new Player();
  const server = createServer((request, response) => {
    void json(request)
      .catch(() => undefined)
      .then((body) => answer(`${request.method ?? ''} ${request.url ?? ''}`, body, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answer = async (route: string, body: unknown, response: ServerResponse): Promise<void> => {
    const format = FORMATS.find(([path]) => path.test(route))?.[1];
    if (format === undefined) {
      const found = fixedAnswer(route, origin);
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? {}));
      return;
    }
    const request = format.read(body);
    const events = format.events(await player.next(request), player.id());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const { event, data } of events) {
      if (event !== undefined) response.write(`event: ${event}\n`);
      response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
    }
    response.end(() => player.sent());
  };

  return {
    origin,
    play: (script) => player.play(script),
    requests: () => player.requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The model is not offered a tool that its script calls. */
export class NotOfferedError extends Error {
  override readonly name = 'NotOfferedError';
  /** Whether no tool of our server is offered. */
  readonly isServerMissing: boolean;

  constructor(name: string, offered: readonly OfferedTool[]) {
    super(`The model is offered no tool ${name}, but ${JSON.stringify(offered)}`);
    this.isServerMissing = ours(offered).length === 0;
  }
}

class Player {
  requests: ModelRequest[] = [];
  #script: Script[number][] = [];
  #count = 0;
  #isLast = false;
  #finish: (requests: readonly ModelRequest[]) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  play(script: Script): Promise<readonly ModelRequest[]> {
    this.#script = [...script];
    this.requests = [];
    this.#isLast = false;
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
  }

  async next(request: ModelRequest): Promise<Answer> {
    if (request.tools.length < MIN_SESSION_TOOLS) return { text: 'A title' };
    this.requests.push(request);
    const next = this.#script[0] ?? { text: 'The script is at its end.' };
    const turn = typeof next === 'function' ? await next(request.results) : next;
    const tool = 'tool' in turn ? findTool(request.tools, turn.tool) : undefined;
    if (tool?.isDeferred === true) {
      return { tool: { name: 'ToolSearch' }, input: { query: `select:${tool.name}` } };
    }
    if (!('tool' in turn && turn.isRepeated === true)) this.#script.shift();
    this.#isLast = this.#script.length === 0;
    if ('text' in turn) return turn;
    if (tool !== undefined) return { tool, input: turn.input };
    this.#fail(new NotOfferedError(turn.tool, request.tools));
    return { text: 'The script cannot go on.' };
  }

  sent(): void {
    if (this.#isLast) this.#finish(this.requests);
  }

  id(): string {
    return `item_${++this.#count}`;
  }
}

/** Returns the answer to a request that is none to a model. */
function fixedAnswer(route: string, origin: string): unknown {
  if (route.includes('/copilot_internal/user')) return userOf(origin);
  if (/^GET .*\/models(\?|$)/.test(route)) return { object: 'list', data: MODELS };
  if (/\/auto$|\/models\/session/.test(route)) {
    return {
      selected_model: 'scripted',
      available_models: ['scripted'],
      session_token: 'token',
      expires_at: 9_999_999_999,
    };
  }
  // GitHub's own MCP server.
  if (route.includes('/mcp')) return undefined;
  if (route.includes('count_tokens')) return { input_tokens: 1 };
  return {};
}

function userOf(origin: string): object {
  return {
    login: 'test',
    id: 1,
    chat_enabled: true,
    copilot_plan: 'individual_pro',
    is_mcp_enabled: true,
    endpoints: { api: origin, proxy: origin, telemetry: origin, 'origin-tracker': origin },
    quota_snapshots: {},
  };
}

const MODEL = {
  id: 'scripted',
  name: 'Scripted',
  object: 'model',
  vendor: 'OpenAI',
  version: 'scripted',
  model_picker_enabled: true,
  is_chat_default: true,
  is_chat_fallback: true,
  preview: false,
  policy: { state: 'enabled', terms: '' },
  billing: { is_premium: false, multiplier: 0 },
  supported_endpoints: ['/chat/completions'],
  capabilities: {
    type: 'chat',
    object: 'model_capabilities',
    family: 'gpt-4.1',
    tokenizer: 'o200k_base',
    limits: { max_context_window_tokens: 200_000, max_output_tokens: 16_000, max_prompt_tokens: 180_000 },
    supports: { streaming: true, tool_calls: true, parallel_tool_calls: true },
  },
};

const MODELS = [
  MODEL,
  { ...MODEL, id: 'scripted-responses', is_chat_default: false, supported_endpoints: ['/responses'] },
  {
    ...MODEL,
    id: 'claude-sonnet-4.5',
    name: 'Claude Sonnet 4.5',
    vendor: 'Anthropic',
    version: 'claude-sonnet-4.5',
    supported_endpoints: ['/v1/messages', '/chat/completions'],
    capabilities: { ...MODEL.capabilities, family: 'claude-sonnet-4.5' },
  },
];
