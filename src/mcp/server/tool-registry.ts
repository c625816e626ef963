import { MCP_BACKGROUND_JOB } from '../compat/mcp-background-job.ts';
import { MCP_BGTASK } from '../compat/mcp-bgtask.ts';
import type { CompatName } from '../compat/compat-names.ts';
import { TOOLS } from '../tools/index.ts';
import type { Tool } from '../shared/tool.ts';

/** Tools of other servers: they can be called, and are not listed unless that is asked for. */
const COMPAT_TOOLS: Readonly<Record<CompatName, readonly Tool[]>> = {
  'mcp-background-job': MCP_BACKGROUND_JOB,
  'mcp-bgtask': MCP_BGTASK,
};

/** All tools, by the names under which they can be called. */
export const CALLABLE: ReadonlyMap<string, Tool> = new Map(
  [...TOOLS, ...Object.values(COMPAT_TOOLS).flat()].map((tool): [string, Tool] => [tool.name, tool]),
);

/** The tools that clients are told of. @param compat the server whose tools are listed in place of ours */
export function listedTools(compat: CompatName | undefined): readonly Tool[] {
  return compat === undefined ? TOOLS : COMPAT_TOOLS[compat];
}
