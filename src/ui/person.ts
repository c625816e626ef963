import type { Starter } from '../runner/records.ts';

/** Who starts jobs by hand. */
export const PERSON: Starter = { kind: 'person' };
