import type { Row } from '../row.ts';
import { latency } from './latency.ts';
import { start } from './start.ts';
import { smallWrites, volume } from './volume.ts';

/** In the order of the table. */
export const ROWS: readonly Row[] = [start, latency, volume, smallWrites];
