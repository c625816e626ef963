import { readFile } from 'node:fs/promises';
import type { ReadResourceResult, Tool as ToolDefinition } from '@modelcontextprotocol/sdk/types.js';
import type { Tool } from '../shared/tool.ts';
import { CARD_URI, PAGE_TYPE, UI_EXTENSION } from './card-contract.ts';
import { cardTools, type OpenJob } from './card-tools.ts';

export interface CardOptions {
  /** Path of the page, which the build makes. */
  readonly page: string;
  /** Shows a job in the editor, if there is one. */
  readonly open?: OpenJob;
}

/** The tools whose calls are shown as a card. */
const CARD_TOOLS = ['execute', 'wait', 'restart'];

/** Shows jobs as cards in the chat of clients that support MCP Apps. Other clients notice nothing of it. */
export class JobCards {
  /** The tools that cards call. */
  readonly tools: readonly Tool[];
  readonly #path: string;
  #page: Promise<string> | undefined;

  constructor({ page, open }: CardOptions) {
    this.#path = page;
    this.tools = cardTools(open);
  }

  /** @param capabilities of the client */
  isWanted(capabilities: unknown): boolean {
    const { extensions } = (capabilities ?? {}) as { extensions?: Readonly<Record<string, unknown>> };
    const { mimeTypes } = (extensions?.[UI_EXTENSION] ?? {}) as { mimeTypes?: unknown };
    return Array.isArray(mimeTypes) && mimeTypes.includes(PAGE_TYPE);
  }

  /** Returns the definitions for a client that shows cards. */
  withCards(definitions: readonly ToolDefinition[], own: readonly ToolDefinition[]): ToolDefinition[] {
    const hidden = own.map((tool) => ({ ...tool, _meta: { ui: { visibility: ['app'] } } }));
    return [
      ...definitions.map((tool) => (CARD_TOOLS.includes(tool.name) ? withCard(tool) : tool)),
      ...hidden,
    ];
  }

  /** Returns the page, if it is what a URI identifies. @throws the error of the file system */
  async read(uri: string): Promise<ReadResourceResult | undefined> {
    if (uri !== CARD_URI) return undefined;
    this.#page ??= readFile(this.#path, 'utf8');
    const _meta = { ui: { prefersBorder: true } };
    return { contents: [{ uri, mimeType: PAGE_TYPE, text: await this.#page, _meta }] };
  }
}

/**
 * VS Code 1.138 shows no card for a tool with annotations (microsoft/vscode#336916). Those of a tool that changes something
 * say no more than their absence does.
 */
function withCard({ annotations, ...tool }: ToolDefinition): ToolDefinition {
  return {
    ...tool,
    ...(annotations?.readOnlyHint === true && { annotations }),
    _meta: { ...tool._meta, ui: { resourceUri: CARD_URI } },
  };
}
