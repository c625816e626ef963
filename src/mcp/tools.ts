import type { Tool } from './tool.ts';
import { execute } from './tools/execute.ts';
import { interact } from './tools/interact.ts';
import { kill } from './tools/kill.ts';
import { list } from './tools/list.ts';
import { output } from './tools/output.ts';
import { restart } from './tools/restart.ts';
import { search } from './tools/search.ts';
import { status } from './tools/status.ts';
import { tail } from './tools/tail.ts';
import { wait } from './tools/wait.ts';

/** In the order in which a client shows them. */
export const TOOLS: readonly Tool[] = [
  execute,
  wait,
  output,
  tail,
  search,
  status,
  list,
  interact,
  kill,
  restart,
];
