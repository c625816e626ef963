import { z } from 'zod';
import { STREAMS } from '../output/layout.ts';
import { MAX_TIMEOUT_SECONDS } from '../jobs/limits.ts';
import { DEFAULT_REPLY_BYTES, MAX_REPLY_BYTES } from './reply.ts';

/** Longest blocking call, s: clients give up after 60. */
export const MAX_WAIT_SECONDS = 50;
export const DEFAULT_WAIT_SECONDS = 45;

export const jobId = z.string().min(1).describe('Id, name, or first 4+ characters of the id.');

export const cursor = z
  .int()
  .min(0)
  .default(0)
  .describe('Byte offset to read from: 0, or a next_cursor that you were given.');

export const stream = z.enum(['both', ...STREAMS]).default('both');

export const format = z
  .enum(['text', 'raw'])
  .default('text')
  .describe('text: as a person sees it, no escape codes, progress bars drawn once. raw: exact.');

export const maxBytes = z
  .int()
  .min(256)
  .max(MAX_REPLY_BYTES)
  .default(DEFAULT_REPLY_BYTES)
  .describe('Size of the reply.');

export const timeoutSeconds = z
  .number()
  .positive()
  .max(MAX_TIMEOUT_SECONDS)
  .optional()
  .describe('End the job after so many seconds. Default: never.');

/** What to wait for; shared by `execute` and `wait`. */
export const conditionParameters = {
  until: z.enum(['exit', 'pattern', 'port', 'quiet', 'output']).optional(),
  pattern: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('For until=pattern: JavaScript regex, tried per line.'),
  port: z.int().min(1).max(65535).optional().describe('For until=port: TCP port on localhost.'),
  quiet_ms: z
    .int()
    .min(50)
    .max(60_000)
    .optional()
    .describe('For until=quiet: ms without output. Default 1000.'),
};
