/** The agents that VS Code runs in sessions of their own, by the name that their MCP clients give. */
const AGENTS = new Map([
  ['claude-code', 'Claude'],
  ['codex-mcp-client', 'Codex'],
  ['copilot-cli', 'Copilot'],
]);

/** Returns the name by which a person knows an agent; undefined for any other MCP client. */
export function agentName(client: string | undefined): string | undefined {
  return client === undefined ? undefined : AGENTS.get(client);
}
