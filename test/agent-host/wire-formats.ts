import type { Answer, ModelRequest, OfferedTool } from './script.ts';

/** How a model endpoint reads a request and writes an answer. */
export interface WireFormat {
  read(body: unknown): ModelRequest;
  /** Returns the server-sent events of a streamed answer. */
  events(answer: Answer, id: string): readonly Event[];
}

/** An event of a stream; `data` is JSON unless it is a string. */
interface Event {
  readonly event?: string;
  readonly data: unknown;
}

interface Message {
  readonly role?: string;
  readonly type?: string;
  readonly content?: unknown;
  readonly output?: unknown;
}

/** OpenAI's Chat Completions, which the Copilot harness uses. */
export const CHAT_COMPLETIONS: WireFormat = {
  read(body) {
    const { tools = [], messages = [] } = body as {
      tools?: { function?: { name: string }; custom?: { name: string } }[];
      messages?: Message[];
    };
    return {
      tools: tools.map((tool) => ({ name: (tool.function ?? tool.custom)?.name ?? '' })),
      results: messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content)),
      body,
    };
  },
  events(answer, id) {
    const chunk = (delta: object, rest: object = {}): Event => ({
      data: {
        id,
        object: 'chat.completion.chunk',
        created: 1,
        model: 'scripted',
        choices: [{ index: 0, delta, finish_reason: null, ...rest }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      },
    });
    const delta =
      'text' in answer
        ? { role: 'assistant', content: answer.text }
        : { role: 'assistant', content: null, tool_calls: [{ index: 0, ...functionCall(answer, id) }] };
    const reason = 'text' in answer ? 'stop' : 'tool_calls';
    return [chunk(delta), chunk({}, { finish_reason: reason }), { data: '[DONE]' }];
  },
};

/** OpenAI's Responses, which Codex uses. */
export const RESPONSES: WireFormat = {
  read(body) {
    const { tools = [], input = [] } = body as {
      tools?: { name?: string; type: string; tools?: OfferedTool[] }[];
      input?: Message[];
    };
    return {
      tools: tools.flatMap(({ name, type, tools: inner }) =>
        inner === undefined
          ? [{ name: name ?? type }]
          : inner.map((tool) => ({ namespace: name, name: tool.name })),
      ),
      results: input
        .filter(({ type }) => type === 'function_call_output')
        .map(({ output }) => textOf(output)),
      body,
    };
  },
  events(answer, id) {
    const item =
      'text' in answer
        ? {
            type: 'message',
            id,
            role: 'assistant',
            content: [{ type: 'output_text', text: answer.text, annotations: [] }],
          }
        : {
            type: 'function_call',
            id,
            call_id: id,
            ...answer.tool,
            arguments: JSON.stringify(answer.input),
          };
    const usage = {
      input_tokens: 1,
      input_tokens_details: null,
      output_tokens: 1,
      output_tokens_details: null,
      total_tokens: 2,
    };
    return [
      { type: 'response.created', response: { id } },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { id, usage } },
    ].map((data) => ({ event: data.type, data }));
  },
};

/** Anthropic's Messages, which the Claude harness uses. */
export const MESSAGES: WireFormat = {
  read(body) {
    const { tools = [], messages = [] } = body as { tools?: { name: string }[]; messages?: Message[] };
    const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as Message[]) : []));
    const offered = tools.map(({ name }) => name);
    const deferred = deferredTools(textOf(messages.flatMap(({ content }) => content))).filter(
      (name) => !offered.includes(name),
    );
    return {
      tools: [...offered.map((name) => ({ name })), ...deferred.map((name) => ({ name, isDeferred: true }))],
      results: blocks.filter(({ type }) => type === 'tool_result').map(({ content }) => textOf(content)),
      body,
    };
  },
  events(answer, id) {
    const isText = 'text' in answer;
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model: 'scripted',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    const block = isText
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: `toolu_${id}`, name: answer.tool.name, input: {} };
    const delta = isText
      ? { type: 'text_delta', text: answer.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(answer.input) };
    const stop = { stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null };
    return [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: stop, usage: { output_tokens: 1 } },
      { type: 'message_stop' },
    ].map((data) => ({ event: data.type, data }));
  },
};

/** Returns the tools that Claude Code names and does not define, to keep requests short. */
function deferredTools(text: string): string[] {
  const lists = text.matchAll(/deferred tools are now available via ToolSearch\.[^\n]*\n((?:[\w-]+\n)*)/g);
  return [...lists].flatMap(([, list = '']) => list.split('\n').filter((name) => name !== ''));
}

function functionCall({ tool, input }: Extract<Answer, { tool: OfferedTool }>, id: string): object {
  return { id, type: 'function', function: { name: tool.name, arguments: JSON.stringify(input) } };
}

/** Returns the text of a tool result, which is a string or a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return JSON.stringify(content);
  return (content as (string | { text?: string })[])
    .map((part) => (typeof part === 'string' ? part : (part.text ?? JSON.stringify(part))))
    .join('\n');
}
