/** What the model does next. A tool is named as our server names it. */
export type Turn =
  | {
      readonly tool: string;
      readonly input: Readonly<Record<string, unknown>>;
      /** The script does not go on: the function that returned this is asked again. */
      readonly isRepeated?: boolean;
    }
  | { readonly text: string };

/** Turns can depend on the tool results so far, oldest first. */
export type Script = readonly (Turn | ((results: readonly string[]) => Turn | Promise<Turn>))[];

/** A tool as a request offers it to the model. Codex puts the tools of an MCP server into a namespace. */
export interface OfferedTool {
  readonly namespace?: string;
  readonly name: string;
  /** The request only names the tool. The model must ask for its definition before it calls it. */
  readonly isDeferred?: boolean;
}

/** What the model received in one request of a session. */
export interface ModelRequest {
  readonly tools: readonly OfferedTool[];
  /** All tool results of the conversation so far. */
  readonly results: readonly string[];
  readonly body: unknown;
}

/** What a model endpoint answers: a text, or a call of a tool that the request offers. */
export type Answer =
  | { readonly text: string }
  | { readonly tool: OfferedTool; readonly input: Readonly<Record<string, unknown>> };

/** Returns the tools of our server among those that are offered, under the name that our server gives them. */
export function ours(tools: readonly OfferedTool[]): string[] {
  return tools.flatMap((tool) => ourName(tool) ?? []);
}

/** Finds a tool of our server. Harnesses prefix its name with the label of the server. */
export function findTool(tools: readonly OfferedTool[], name: string): OfferedTool | undefined {
  return tools.find((tool) => ourName(tool) === name);
}

function ourName({ namespace, name }: OfferedTool): string | undefined {
  const full = namespace === undefined ? name : `${namespace}__${name}`;
  return /^(?:mcp_{1,2})?background[-_]jobs(?:-|_{1,2})(\w+)$/i.exec(full)?.[1];
}
