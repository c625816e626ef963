import { z } from 'zod';
import { MAX_GRACE_SECONDS, MAX_TIMEOUT_SECONDS } from '../../jobs/limits.ts';
import { STREAMS } from '../../log/store/log-segments.ts';
import { DEFAULT_REPLY_BYTES, MAX_REPLY_BYTES } from './reply.ts';

/** Longest blocking call. Clients give up after 60 s. */
export const MAX_WAIT_SECONDS = 50;
export const DEFAULT_WAIT_SECONDS = 45;

export const jobId = z.string().min(1).describe('Id or name.');

export const cursor = z.int().min(0).default(0).describe('Byte to read from: 0 or any next_cursor.');

export const stream = z.enum(['both', ...STREAMS]).default('both');

export const format = z
  .enum(['text', 'raw'])
  .default('text')
  .describe('text: as on a screen, no escape codes. raw: exact bytes.');

export const maxBytes = z.int().min(1000).max(MAX_REPLY_BYTES).default(DEFAULT_REPLY_BYTES);

export const timeoutSeconds = z
  .number()
  .positive()
  .max(MAX_TIMEOUT_SECONDS)
  .optional()
  .describe('Seconds until the job is stopped, unlike wait_s.');

export const graceSeconds = z.number().min(0).max(MAX_GRACE_SECONDS).optional();

/** What to wait for, in `execute` and `wait`. */
export const conditionParameters = {
  until: z.enum(['exit', 'ready', 'pattern', 'port', 'quiet', 'output', 'input']).optional(),
  pattern: z.string().min(1).max(1000).optional().describe('JavaScript regex; (?i) ignores case.'),
  port: z.int().min(1).max(65535).optional(),
  quiet_ms: z.int().min(50).max(60_000).optional().describe('Silence, default 1000.'),
};
