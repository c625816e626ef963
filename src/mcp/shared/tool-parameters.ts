import { z } from 'zod';
import { MAX_GRACE_SECONDS, MAX_TIMEOUT_SECONDS } from '../../jobs/records/limits.ts';
import { MAX_PATTERN_LENGTH } from '../../log/search/search-pattern.ts';
import { STREAMS } from '../../log/store/log-segments.ts';
import { DEFAULT_REPLY_BYTES, MAX_REPLY_BYTES } from './reply.ts';

/** Longest blocking call. Clients give up after 60 s. */
export const MAX_WAIT_SECONDS = 50;
export const DEFAULT_WAIT_SECONDS = 45;
/** How many jobs one call can name. */
const MAX_JOBS = 20;

export const jobId = z.string().min(1).describe('Id or name.');

/** Tools for several jobs also accept `job_id`, the name that the parameter has in the other tools. */
export const JOB_ID_ALIAS = { job_id: 'job_ids' } as const;
export const jobIds = z.array(z.string().min(1)).min(1).max(MAX_JOBS).describe('Ids or names: ["dev"].');

export const cursor = z
  .int()
  .min(0)
  .default(0)
  .describe('Where to begin: 0 (default) or a cursor of a reply.');

export const stream = z
  .enum(['both', ...STREAMS])
  .default('both')
  .describe('Default both. stderr needs stderr=separate.');

export const maxBytes = z
  .int()
  .min(1000)
  .max(MAX_REPLY_BYTES)
  .default(DEFAULT_REPLY_BYTES)
  .describe('Of the reply: 1000 to 262144, default 8000.');

export const killAfterSeconds = z
  .number()
  .positive()
  .max(MAX_TIMEOUT_SECONDS)
  .optional()
  .describe('Kill the job after so many seconds. To limit a wait, use wait_s.');

export const graceSeconds = z.number().min(0).max(MAX_GRACE_SECONDS).optional();

export const regex = z
  .string()
  .min(1)
  .max(MAX_PATTERN_LENGTH)
  .describe('JavaScript regex; (?i) ignores case.');

/** What to wait for, in `execute` and `wait`. */
export const conditionParameters = {
  until: z.enum(['exit', 'ready', 'pattern', 'port', 'quiet', 'output', 'input']).optional(),
  regex: regex.optional(),
  port: z.int().min(1).max(65535).optional().describe('Default: any port.'),
  quiet_ms: z.int().min(50).max(60_000).optional().describe('Default 1000.'),
};

/** The names that parameters had in 0.1. */
export const RENAMED_PATTERN = { pattern: 'regex' } as const;
export const RENAMED_FORMAT = { format: 'view' } as const;
