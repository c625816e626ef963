import type { WireFormat } from '../agent-host/wire-formats.ts';

interface Part {
  readonly functionResponse?: { readonly response?: unknown };
}

/** Gemini's GenerateContent, which Gemini CLI uses. */
export const GENERATE_CONTENT: WireFormat = {
  read(body) {
    const { tools = [], contents = [] } = body as {
      tools?: { functionDeclarations?: { name: string }[] }[];
      contents?: { parts?: Part[] }[];
    };
    const results = contents.flatMap(({ parts = [] }) =>
      parts.flatMap(({ functionResponse }) =>
        functionResponse === undefined ? [] : [textOf(functionResponse.response)],
      ),
    );
    return {
      tools: tools.flatMap(({ functionDeclarations = [] }) =>
        functionDeclarations.map(({ name }) => ({ name })),
      ),
      results,
      body,
    };
  },
  events(answer) {
    const part =
      'text' in answer
        ? { text: answer.text }
        : { functionCall: { name: answer.tool.name, args: answer.input } };
    const data = {
      candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      modelVersion: 'scripted',
    };
    return [{ data }];
  },
};

function textOf(response: unknown): string {
  const { output } = response as { output?: unknown };
  return typeof output === 'string' ? output : JSON.stringify(response);
}
