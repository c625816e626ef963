import type { Row } from '../row.ts';
import { bridge } from './bridge.ts';
import { cards } from './cards.ts';
import { during } from './during.ts';
import { eras } from './eras.ts';
import { history } from './history.ts';
import { idle } from './idle.ts';
import { activation, activationWithHistory, hostDuringVolume, tree } from './in-editor.ts';
import { kill } from './kill.ts';
import { latencies } from './latency.ts';
import { many } from './many.ts';
import { matchers } from './matchers.ts';
import { queue } from './queue.ts';
import { searching } from './search.ts';
import { start, startHeavy } from './start.ts';
import { tails } from './tail.ts';
import { terminals } from './terminal.ts';
import { hugeVolume, smallWrites, volume } from './volume.ts';
import { wine } from './wine.ts';

/** In the order of the table. */
export const ROWS: readonly Row[] = [
  start,
  startHeavy,
  ...latencies,
  volume,
  smallWrites,
  hugeVolume,
  during,
  ...tails,
  searching,
  many,
  matchers,
  queue,
  eras,
  kill,
  idle,
  ...terminals,
  history,
  activation,
  activationWithHistory,
  hostDuringVolume,
  tree,
  cards,
  bridge,
  wine,
];
