import * as vscode from 'vscode';
import { MCP_LABEL, MCP_PROVIDER } from '../contributions.ts';

/** Address of the server and the headers that a client must send. */
interface ServerAddress {
  /** Path of a unix socket, or of a named pipe. */
  readonly socket: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface McpServerParts {
  readonly version: string;
  /** Arguments of the bridge to this window. */
  readonly bridge: {
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
  /** Lets the bridge find this window. Returns the script that runs the bridge. */
  readonly open: () => Promise<string>;
  /** Opens the MCP server of this window, once. */
  readonly openEndpoint: () => Promise<ServerAddress>;
}

/**
 * Offers our MCP server to VS Code in two forms. VS Code's own agent mode resolves the definition and connects to the
 * private socket of this window. The Agent Host, which runs the sessions of Copilot, Codex and Claude, does not resolve
 * it: it starts the bridge that `provide` returns. That definition is stored in plain text, so it contains no secret.
 */
export function registerMcpProvider(parts: McpServerParts): vscode.Disposable {
  const { version, bridge, open, openEndpoint } = parts;
  return vscode.lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
    async provideMcpServerDefinitions() {
      const args = [await open(), ...bridge.args];
      // The editor's own Node runs it. On a desktop that is Electron.
      const env = { ELECTRON_RUN_AS_NODE: '1', ...bridge.env };
      return [new vscode.McpStdioServerDefinition(MCP_LABEL, process.execPath, args, env, version)];
    },
    async resolveMcpServerDefinition() {
      const { socket, path, headers } = await openEndpoint();
      return new vscode.McpHttpServerDefinition(MCP_LABEL, addressUri(socket, path), { ...headers }, version);
    },
  });
}

/** VS Code connects to `unix:///path/of/socket#/url/path`, and on Windows to `pipe:///pipe/name#/url/path`. */
function addressUri(socket: string, path: string): vscode.Uri {
  const pipe = /^\\\\\.\\pipe\\(.+)$/.exec(socket)?.[1];
  return pipe === undefined
    ? vscode.Uri.from({ scheme: 'unix', path: socket, fragment: path })
    : vscode.Uri.from({ scheme: 'pipe', path: `/pipe/${pipe}`, fragment: path });
}
