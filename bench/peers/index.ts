import type { Peer } from '../peer.ts';
import { desktopCommander } from './desktop-commander.ts';
import { manageBgMcp } from './manage-bg-mcp.ts';
import { ours, oursKeepingAll } from './ours.ts';
import { oursInVsCode } from './ours-in-vscode.ts';
import { pm2 } from './pm2.ts';
import { processManagerMcp } from './process-manager-mcp.ts';
import { taskSpooler } from './task-spooler.ts';

/** In the order of the table's columns. */
export const PEERS: readonly Peer[] = [
  ours,
  oursKeepingAll,
  oursInVsCode,
  manageBgMcp,
  processManagerMcp,
  desktopCommander,
  pm2,
  taskSpooler,
];
