import type { Peer } from '../peer.ts';
import { desktopCommander } from './desktop-commander.ts';
import { manageBgMcp } from './manage-bg-mcp.ts';
import { ours, oursKeepingAll } from './ours.ts';

/** In the order of the table's columns. */
export const PEERS: readonly Peer[] = [ours, oursKeepingAll, manageBgMcp, desktopCommander];
