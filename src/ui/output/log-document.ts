import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { LOG_SCHEME } from '../contributions.ts';
import type { ManagerSource } from '../manager-source.ts';

/** Bytes of text that a document shows at most: VS Code takes 50 MB from an extension. */
const MAX_DOCUMENT = 32 * 1024 * 1024;
/** Bytes read at a time; in between others have their turn. */
const PAGE = 256 * 1024;
const MAX_TITLE = 40;

/** The address of a document with the whole log of a job. */
function logUri({ id, name, command }: JobRecord): vscode.Uri {
  const title = shorten(name ?? command, MAX_TITLE).replaceAll(/[\\/:*?"<>|]/g, '-');
  return vscode.Uri.from({ scheme: LOG_SCHEME, path: `/${title}.log`, query: id });
}

/** Shows logs as documents that can be searched and copied from; as they are when they are opened. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #jobs: ManagerSource;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(jobs: ManagerSource) {
    this.#jobs = jobs;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(LOG_SCHEME, this);
  }

  async open(job: JobRecord): Promise<void> {
    const uri = logUri(job);
    // VS Code keeps a document while it is shown, and for minutes after: it has to ask anew. If it has none it passes
    // this over, and asks as it opens one.
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const manager = await this.#jobs.load();
    await manager.jobs.ready();
    return logText(manager, query, MAX_DOCUMENT);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

/** The log as a person would see it; of a long one the end. @throws JobError for an unknown job */
export async function logText(manager: JobManager, id: string, maxBytes: number): Promise<string> {
  const { start, end } = manager.logs.range(id);
  let cursor = Math.max(start, end - maxBytes);
  const parts: string[] = [];
  if (cursor > 0) parts.push(`${vscode.l10n.t('[{0} bytes before this are not shown]', cursor)}\n`);
  for (;;) {
    const { text, next } = manager.logs.readText(id, { cursor, maxBytes: PAGE });
    parts.push(text);
    if (next === cursor || next >= end) return parts.join('');
    cursor = next;
    await setImmediate();
  }
}
