import * as vscode from 'vscode';
import { until } from './until.ts';

/** The full name of an MCP tool that VS Code lists, by its end: the rest depends on the server's title. */
export function findTool(name: string): string | undefined {
  return vscode.lm.tools.find((each) => each.name.startsWith('mcp_') && each.name.endsWith(`_${name}`))?.name;
}

/**
 * Starts an MCP server of an extension: on a fresh profile its tools are listed only after that.
 *
 * @param id `publisher.name/Label`
 * @param tool a tool that it has
 */
export async function startMcpServer(id: string, tool: string): Promise<void> {
  await until(`${id} lists its tools`, async () => {
    // Older versions do nothing when the extension has not announced the server yet, and do not wait.
    await vscode.commands.executeCommand('workbench.mcp.startServer', id, { waitForLiveTools: true });
    return findTool(tool) !== undefined;
  });
}
