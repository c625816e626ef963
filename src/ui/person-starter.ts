import type { Starter } from '../protocol/job-record.ts';

/** Who starts jobs by hand. */
export const PERSON: Starter = { kind: 'person' };
