import type { CallTool } from '../mcp-client.ts';
import { NotOffered } from '../peer.ts';
import type { Session } from '../session.ts';

/** Returns the tools of this project, for rows about it alone. @throws NotOffered for another server */
export function toolsOf({ server }: Session): CallTool {
  if (server.callTool === undefined) throw new NotOffered('The row is about other tools.');
  return server.callTool;
}
