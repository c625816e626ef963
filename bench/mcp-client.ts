/** A client of one MCP server over stdio: the SDK's own, so that every peer is spoken to alike. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';

/** Calls a tool; resolves with the reply's text and rejects with it when it is an error. */
export type CallTool = (name: string, args: Record<string, unknown>) => Promise<string>;

/** How to start an MCP server: always with the Node binary that runs the benchmark. */
export interface McpLaunch {
  /** The script and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** No call may outlast the longest bound of a row, in ms. */
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

  readonly callTool: CallTool = async (name, args) => {
    const reply = await this.#client
      .request({ method: 'tools/call', params: { name, arguments: args } }, CallToolResultSchema, {
        timeout: CALL_TIMEOUT_MS,
      })
      .catch((error: unknown) => {
        throw this.#explain(error);
      });
    const text = reply.content.map((item) => (item.type === 'text' ? item.text : '')).join('\n');
    if (reply.isError) throw new Error(`${name}: ${text}`);
    return text;
  };

  /** Bytes of the tool definitions, which a model gets with every request. */
  async toolListBytes(): Promise<number> {
    const { tools } = await this.#client.listTools();
    return Buffer.byteLength(JSON.stringify(tools));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** Adds what the server wrote last to its standard error. */
  #explain(error: unknown): Error {
    const message = error instanceof Error ? error.message : String(error);
    const stderr = this.#stderr.trim();
    return new Error(stderr === '' ? message : `${message}; the server's last words: ${stderr}`);
  }
}
