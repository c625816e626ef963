import { relative } from 'node:path';
import { clip, escapeControls } from '../../base/quoted-text.ts';
import { MAX_PATTERN_LENGTH } from '../../log/search/search-pattern.ts';
import type { Problem } from '../../problems/problem.ts';
import type { ProblemReport } from '../../problems/problem-report.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { Facts } from './reply.ts';

/** Problems that a reply shows. `search` finds the others. */
export const MAX_SHOWN_PROBLEMS = 20;
/** Characters of a message. */
const MAX_MESSAGE_LENGTH = 300;
/** Reserved for the line behind the problems. */
const REST_BYTES = 150;

/** Returns the names of a job's matchers. `none`: none fits the command. */
export function matcherNames({ matchers = [] }: JobRecord): string {
  const names = matchers.map(({ name = 'inline' }) => name);
  return names.length === 0 ? 'none' : [...new Set(names)].join(',');
}

/** Returns how many problems there are, for a header. */
export function problemFacts(report: ProblemReport | undefined): Facts {
  if (report === undefined) return {};
  const { error, warning, info } = report.counts;
  return {
    problems: error + warning + info,
    errors: error,
    warnings: warning,
    // Unknown if a matcher was given up.
    busy: (report.error === undefined && report.isBusy) || undefined,
    matcher_error: report.error,
  };
}

/**
 * Returns the first problems as lines, `file:line:column severity message`, and how to find the others. Empty if no problem
 * was found before a matcher was given up.
 */
export function problemLines(job: JobRecord, report: ProblemReport, maxBytes = Infinity): string {
  const { problems, counts, error } = report;
  const total = counts.error + counts.warning + counts.info;
  if (total === 0) return error === undefined ? 'No problems.' : '';
  const lines: string[] = [];
  let room = maxBytes - restBytes(job);
  for (const problem of problems.slice(0, MAX_SHOWN_PROBLEMS)) {
    const text = line(problem, job);
    room -= Buffer.byteLength(text) + 1;
    if (room < 0 && lines.length > 0) break;
    lines.push(text);
  }
  const next = problems[lines.length];
  if (total > lines.length) lines.push(rest(job, total - lines.length, next));
  return lines.join('\n');
}

/** Returns true if the problems say all that a caller needs: the log would say the same in more words. */
export function tellsAll({ exitCode, status }: JobRecord, { counts, error }: ProblemReport): boolean {
  // The rest of the output was not looked at.
  if (error !== undefined) return false;
  if (status === 'completed') return counts.error + counts.warning + counts.info > 0;
  // Warnings do not explain why a job failed.
  return exitCode !== undefined && counts.error > 0;
}

function line({ file, line, column, severity, message, code }: Problem, { cwd }: JobRecord): string {
  const path = relative(cwd, file);
  const shown = path === '' || path.startsWith('..') ? file : path;
  const place = [shown, line, column].filter((part) => part !== undefined).join(':');
  const text = clip(message.replaceAll(/\s*\n\s*/g, ' '), MAX_MESSAGE_LENGTH);
  const suffix = code === undefined || code === '' || text.startsWith(code) ? '' : ` (${code})`;
  return escapeControls(`${place} ${severity} ${text}${suffix}`);
}

function rest(job: JobRecord, count: number, next: Problem | undefined): string {
  const regex = next === undefined ? undefined : patternOf(job, next);
  const cursor = next?.cursor;
  const call = JSON.stringify({ job_id: job.id, ...(regex !== undefined && { regex }), cursor });
  return `[${count} more. To see them: search ${call}]`;
}

function restBytes(job: JobRecord): number {
  const longest = Math.max(
    0,
    ...(job.matchers ?? []).map(({ patterns }) => patterns.at(-1)?.regexp.length ?? 0),
  );
  return REST_BYTES + Math.min(longest * 2, MAX_PATTERN_LENGTH);
}

/** The expression of the line that has the message. */
function patternOf({ matchers = [] }: JobRecord, { matcher }: Problem): string | undefined {
  const patterns = matchers[matcher]?.patterns ?? [];
  const { regexp } = patterns.find(({ message }) => message !== undefined) ?? patterns[0] ?? {};
  return regexp !== undefined && regexp.length <= MAX_PATTERN_LENGTH ? regexp : undefined;
}
