import type { Tool } from '../shared/tool.ts';
import { execute } from './execute.ts';
import { interact } from './interact.ts';
import { kill } from './kill.ts';
import { list } from './list.ts';
import { output } from './output.ts';
import { restart } from './restart.ts';
import { search } from './search.ts';
import { status } from './status.ts';
import { tail } from './tail.ts';
import { wait } from './wait.ts';

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
