import type { Starter } from '../protocol/job-record.ts';

/** The starter of jobs that the user starts in the UI. */
export const PERSON: Starter = { kind: 'person' };
