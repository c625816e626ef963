import * as vscode from 'vscode';
import { MCP_LABEL, MCP_PROVIDER } from '../contributions.ts';

/** Where an MCP client finds the server, and what it must show. */
export interface ServerAddress {
  /** Path of a unix socket, or of a named pipe. */
  readonly socket: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Offers our MCP server to VS Code. What `provide` returns is cached in plain text, so that it holds neither the
 * address nor the secret: these are given when the server is started.
 *
 * @param open opens the server, once
 */
export function registerMcpProvider(version: string, open: () => Promise<ServerAddress>): vscode.Disposable {
  const definition = (
    uri: vscode.Uri,
    headers: Record<string, string> = {},
  ): vscode.McpHttpServerDefinition => new vscode.McpHttpServerDefinition(MCP_LABEL, uri, headers, version);
  return vscode.lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
    provideMcpServerDefinitions: () => [
      definition(vscode.Uri.from({ scheme: 'unix', path: '/not-started' })),
    ],
    async resolveMcpServerDefinition() {
      const { socket, path, headers } = await open();
      return definition(addressUri(socket, path), { ...headers });
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
