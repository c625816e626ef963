import * as vscode from 'vscode';
import { until } from './until.ts';

/** Returns the full name of an MCP tool in VS Code by the end of the name. The rest depends on the server's title. */
export function findTool(name: string): string | undefined {
  return vscode.lm.tools.find((each) => each.name.startsWith('mcp_') && each.name.endsWith(`_${name}`))?.name;
}

/**
 * Starts an MCP server of an extension. In a fresh profile its tools are listed only after that.
 *
 * @param id `publisher.name/Label`
 * @param tool one of its tools
 */
export async function startMcpServer(id: string, tool: string): Promise<void> {
  await until(`${id} lists its tools`, async () => {
    // Older versions do not wait, and do nothing if the extension has not announced the server yet.
    await vscode.commands.executeCommand('workbench.mcp.startServer', id, { waitForLiveTools: true });
    return findTool(tool) !== undefined;
  });
}
