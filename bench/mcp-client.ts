/** A client of one MCP server over stdio. It is the SDK's own, so all peers get the same client. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';

/**
 * Calls a tool. Resolves with the text of the reply, and rejects with it if it is an error.
 *
 * @param meta what the request carries besides its arguments
 */
export type CallTool = (
  name: string,
  args: Record<string, unknown>,
  meta?: Record<string, unknown>,
) => Promise<string>;

/** How to start an MCP server, always with the Node binary that runs the benchmark. */
export interface McpLaunch {
  /** The script and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Longest time of a call, in ms: the longest bound of a row. */
const CALL_TIMEOUT_MS = 120_000;
const STDERR_KEPT_CHARACTERS = 2000;

export class McpClient {
  readonly #client = new Client({ name: 'background-jobs-bench', version: '1.0.0' });
  readonly #transport: StdioClientTransport;
  #stderr = '';

  private constructor(transport: StdioClientTransport) {
    this.#transport = transport;
    transport.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT_CHARACTERS);
    });
  }

  static async connect(launch: McpLaunch, folder: string): Promise<McpClient> {
    const mcp = new McpClient(
      new StdioClientTransport({
        command: process.execPath,
        args: [...launch.args],
        env: { ...launch.env },
        cwd: folder,
        stderr: 'pipe',
      }),
    );
    try {
      await mcp.#client.connect(mcp.#transport);
      return mcp;
    } catch (error) {
      throw mcp.#explain(error);
    }
  }

  readonly callTool: CallTool = async (name, args, meta) => {
    const params = { name, arguments: args, ...(meta && { _meta: meta }) };
    const reply = await this.#client
      .request({ method: 'tools/call', params }, CallToolResultSchema, {
        timeout: CALL_TIMEOUT_MS,
      })
      .catch((error: unknown) => {
        throw this.#explain(error);
      });
    const text = reply.content.map((item) => (item.type === 'text' ? item.text : '')).join('\n');
    if (reply.isError) throw new Error(`${name}: ${text}`);
    return text;
  };

  /** Process id of the server. */
  get pid(): number {
    return this.#transport.pid ?? NaN;
  }

  /** Bytes of the tool definitions, which a model gets in every request. */
  async toolListBytes(): Promise<number> {
    const { tools } = await this.#client.listTools();
    return Buffer.byteLength(JSON.stringify(tools));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** Adds the last lines of the server's standard error. */
  #explain(error: unknown): Error {
    const message = error instanceof Error ? error.message : String(error);
    const stderr = this.#stderr.trim();
    return new Error(stderr === '' ? message : `${message}; the server's last words: ${stderr}`);
  }
}
