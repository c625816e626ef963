/** A peer that is an MCP server over stdio. */
import { type CallTool, McpClient, type McpLaunch } from '../mcp-client.ts';
import type { InstalledPeer, JobServer, Launch } from '../peer.ts';

export interface McpServerKind {
  readonly version: string;
  /** Prepares the folder of the launch. Resolves with the command to start. */
  readonly prepare: (launch: Launch) => Promise<McpLaunch>;
  readonly adapt: (callTool: CallTool) => JobServer;
  readonly hasHistory?: boolean;
}

export function mcpPeer({ version, prepare, adapt, hasHistory = false }: McpServerKind): InstalledPeer {
  const connect = async (launch: Launch): Promise<McpClient> => {
    const { args, env } = await prepare(launch);
    return McpClient.connect({ args, env: { ...launch.env, ...env } }, launch.folder);
  };
  return {
    version,
    connect,
    async open(launch) {
      const client = await connect(launch);
      return { server: adapt(client.callTool), hasHistory, close: () => client.close() };
    },
  };
}
