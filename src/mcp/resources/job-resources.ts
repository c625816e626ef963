import {
  type CompleteResult,
  type ListResourcesResult,
  McpError,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js';
import { JobError } from '../../base/job-error.ts';
import { escapeControls, quote } from '../../base/quoted-text.ts';
import { shorten } from '../../base/shorten.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { invalidCursor, isFirstPage } from '../shared/list-cursor.ts';
import { deletedNote } from '../shared/page-reply.ts';
import { MAX_REPLY_BYTES } from '../shared/reply.ts';
import { jobList } from '../tools/list.ts';
import { describeJob } from './job-json.ts';

/** The resource that a URI identifies: one of a job, or the list of all jobs. */
export type JobResource = { readonly job: JobRecord; readonly isLog: boolean } | { readonly job: undefined };

/** All jobs, for a chat to attach. No job can have this URI. */
const ALL_JOBS: Resource = {
  uri: 'jobs://all',
  name: 'jobs',
  title: 'Jobs',
  description: 'All background jobs of this workspace: a line each, the running ones first.',
  mimeType: 'text/plain',
};

/** Characters of an unknown URI that an error shows. */
const MAX_URI_LENGTH = 200;
/** How many jobs a page of the list has. */
const PAGE_SIZE = 100;
/** Limit of values in a completion (MCP 2025-11-25, Completion). */
const MAX_COMPLETIONS = 100;
/** "Resource not found" (MCP 2025-11-25, Resources, Error Handling). */
const NOT_FOUND = -32002;
/** Limit of lines in a log. Usually its size limits it first. */
const MAX_LINES = 100_000;

const RECORD = 'application/json';
const LOG = 'text/plain';

export const TEMPLATES: ResourceTemplate[] = [
  {
    uriTemplate: 'job://{id}/log',
    name: 'log',
    title: 'Log of a job',
    description: 'The output of a background job, as on a screen. At most its last 256 KiB.',
    mimeType: LOG,
  },
  {
    uriTemplate: 'job://{id}',
    name: 'job',
    title: 'Record of a job',
    description: 'Everything that is recorded about a background job.',
    mimeType: RECORD,
  },
];

/** Returns the resources of a page of jobs, newest first. @throws McpError if the cursor is not valid */
export async function listResources(
  manager: JobManager,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  await manager.jobs.ready();
  const jobs = manager.jobs.list();
  const from = pageStart(jobs, cursor);
  const page = jobs.slice(from, from + PAGE_SIZE);
  const last = from + PAGE_SIZE < jobs.length ? page.at(-1)?.id : undefined;
  const first = isFirstPage(cursor) ? [ALL_JOBS] : [];
  return {
    resources: [...first, ...page.flatMap(resourcesOf)],
    ...(last !== undefined && { nextCursor: last }),
  };
}

/** @throws McpError if there is no such resource */
export async function readResource(manager: JobManager, uri: string): Promise<ReadResourceResult> {
  const resource = await findResource(manager, uri);
  if (resource.job === undefined) {
    const text = manager.secrets.mask(await jobList(manager));
    return { contents: [{ uri, mimeType: LOG, text }] };
  }
  const { job, isLog } = resource;
  await manager.logs.findEnds(job.id);
  const text = isLog ? logText(manager, job) : await recordText(manager, job);
  return { contents: [{ uri, mimeType: isLog ? LOG : RECORD, text: manager.secrets.mask(text) }] };
}

/** Completes the beginning of a name or an id. */
export async function completeReference(manager: JobManager, start: string): Promise<CompleteResult> {
  await manager.jobs.ready();
  const all = manager.jobs.list().flatMap(({ id, name }) => (name === undefined ? [id] : [name, id]));
  const fitting = [...new Set(all)].filter((value) => value.startsWith(start));
  const values = fitting.slice(0, MAX_COMPLETIONS);
  return { completion: { values, total: fitting.length, hasMore: values.length < fitting.length } };
}

/** @throws McpError if there is no such resource */
export async function findResource(manager: JobManager, uri: string): Promise<JobResource> {
  await manager.jobs.ready();
  if (uri === ALL_JOBS.uri) return { job: undefined };
  const [, reference, log] = /^job:\/\/([^/?#]+)(\/log)?\/?$/.exec(uri) ?? [];
  if (reference === undefined) {
    throw new McpError(
      NOT_FOUND,
      `There is no resource ${quote(uri, MAX_URI_LENGTH)}. Use jobs://all, job://<id> or job://<id>/log.`,
      dataOf(uri),
    );
  }
  try {
    await manager.know([decode(reference)]);
    return { job: manager.jobs.get(decode(reference)), isLog: log !== undefined };
  } catch (error) {
    throw error instanceof JobError
      ? new McpError(NOT_FOUND, escapeControls(error.message), dataOf(uri))
      : error;
  }
}

/** Returns the data of an error about a resource. A longer URI is not repeated. */
function dataOf(uri: string): { uri: string } | undefined {
  return uri.length > MAX_URI_LENGTH ? undefined : { uri };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The URI is not encoded properly, so the text may be the name itself.
    return text;
  }
}

/** @param cursor the id of the last job of the previous page; undefined for the first page */
function pageStart(jobs: readonly JobRecord[], cursor: string | undefined): number {
  if (isFirstPage(cursor)) return 0;
  const at = jobs.findIndex(({ id }) => id === cursor);
  if (at < 0) throw invalidCursor();
  return at + 1;
}

function resourcesOf({ id, name, command, status, startedAt }: JobRecord): Resource[] {
  const label = name ?? shorten(command, 60);
  const description = `${status}: ${shorten(command, 200)}`;
  const annotations = { lastModified: new Date(startedAt).toISOString() };
  return [
    { uri: `job://${id}/log`, name: `${label} (log)`, description, mimeType: LOG, annotations },
    { uri: `job://${id}`, name: label, description, mimeType: RECORD, annotations },
  ];
}

async function recordText(manager: JobManager, job: JobRecord): Promise<string> {
  const { jobs, logs, problems, watches } = manager;
  const [log, events] = [logs.range(job.id), watches.unseenOf(job.id)];
  const details = { jobs, log, events, problems: await problems.current(job.id) };
  return JSON.stringify(describeJob(job, details), undefined, 2);
}

function logText(manager: JobManager, { id }: JobRecord): string {
  const note = deletedNote(manager, id, manager.logs.range(id));
  if (note !== undefined) return note;
  const { start, text } = manager.logs.readTail(id, { lines: MAX_LINES, maxBytes: MAX_REPLY_BYTES });
  if (start === 0) return text;
  return `[${start} earlier bytes are not shown; the tool "output" reads those that are kept]\n${text}`;
}
