/** Opens a peer that is an MCP server over stdio. */
import { McpClient, type CallTool, type McpLaunch } from '../mcp-client.ts';
import type { JobServer, Launch, OpenServer } from '../peer.ts';

export async function openMcp(
  { folder, env }: Launch,
  own: McpLaunch,
  adapt: (callTool: CallTool) => JobServer,
): Promise<OpenServer> {
  const client = await McpClient.connect({ args: own.args, env: { ...env, ...own.env } }, folder);
  return { server: adapt(client.callTool), close: () => client.close() };
}
