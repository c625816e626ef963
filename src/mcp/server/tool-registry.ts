import type { CompatName } from '../compat/compat-names.ts';
import { MCP_BACKGROUND_JOB } from '../compat/mcp-background-job.ts';
import { MCP_BGTASK } from '../compat/mcp-bgtask.ts';
import type { Tool } from '../shared/tool.ts';
import { TOOLS } from '../tools/index.ts';

/** The tools of other servers can always be called, but are listed only on request. */
const COMPAT_TOOLS: Readonly<Record<CompatName, readonly Tool[]>> = {
  'mcp-background-job': MCP_BACKGROUND_JOB,
  'mcp-bgtask': MCP_BGTASK,
};

const TOOLS_BY_NAME: ReadonlyMap<string, Tool> = new Map(
  [...TOOLS, ...Object.values(COMPAT_TOOLS).flat()].map((tool): [string, Tool] => [tool.name, tool]),
);

/** Returns the tool that can be called by this name, whether it is listed or not. */
export function findTool(name: string): Tool | undefined {
  return TOOLS_BY_NAME.get(name);
}

/** Returns the tools to list. @param compat the server whose tools are listed instead of ours */
export function listedTools(compat: CompatName | undefined): readonly Tool[] {
  return compat === undefined ? TOOLS : COMPAT_TOOLS[compat];
}
