import * as vscode from 'vscode';
import type { JobManager } from '../../jobs/manager.ts';
import type { Problem } from '../../problems/problem.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import type { ProblemMatcher } from '../../protocol/problem-matcher.ts';
import type { ManagerSource } from '../manager-source.ts';
import { diagnosticOf } from './diagnostic.ts';

/** Prefix of the names of our collections. Extensions and tasks have collections of the same owners. */
const PREFIX = 'backgroundJobs.';

/**
 * Shows the problems of jobs in the Problems panel: those of running jobs, and those of jobs that ended, until the same
 * program runs in that folder again or the job is removed.
 */
export class ProblemPanel implements vscode.Disposable {
  readonly #collections = new Map<string, vscode.DiagnosticCollection>();
  /** The jobs whose problems are shown. */
  readonly #shown = new Map<string, JobRecord>();
  readonly #subscriptions: vscode.Disposable;
  #manager: JobManager | undefined;

  constructor(source: ManagerSource) {
    // Some matchers leave the problems of open documents to language servers.
    const redraw = ({ uri }: vscode.TextDocument): void => {
      if (uri.scheme === 'file') this.#drawOwners(this.#ownersThatDependOnDocuments());
    };
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument(redraw),
      vscode.workspace.onDidCloseTextDocument(redraw),
    );
    source.onCreated((manager) => {
      this.#manager = manager;
      manager.jobs.on('changed', (job) => this.#onJobChanged(job));
      manager.jobs.on('removed', (job) => this.#hide([job]));
      manager.problems.on('changed', (id) => {
        const job = this.#shown.get(id);
        if (job !== undefined) this.#drawOwners(ownersOf(job));
      });
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const collection of this.#collections.values()) collection.dispose();
  }

  #onJobChanged(job: JobRecord): void {
    const { id, matchers = [], status } = job;
    if (matchers.length === 0) return;
    const isActive = status === 'running';
    if (isActive && !this.#shown.has(id)) {
      this.#hide([...this.#shown.values()].filter((other) => isReplacedBy(other, job)));
      this.#shown.set(id, job);
    } else if (this.#shown.has(id)) {
      this.#shown.set(id, job);
      // What a watcher found says nothing when it no longer watches.
      if (!isActive && matchers.some(({ background }) => background !== undefined)) this.#hide([job]);
    }
  }

  #hide(jobs: readonly JobRecord[]): void {
    const shown = jobs.filter(({ id }) => this.#shown.delete(id));
    this.#drawOwners(new Set(shown.flatMap((job) => [...ownersOf(job)])));
  }

  #ownersThatDependOnDocuments(): Set<string> {
    const matchers = [...this.#shown.values()].flatMap((job) => job.matchers ?? []);
    return new Set(matchers.filter(({ applyTo }) => applyTo !== 'allDocuments').map(({ owner }) => owner));
  }

  #drawOwners(owners: ReadonlySet<string>): void {
    for (const owner of owners) this.#draw(owner);
  }

  #draw(owner: string): void {
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.fsPath));
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const { id, matchers = [] } of this.#shown.values()) {
      for (const problem of this.#manager?.problems.known(id)?.problems ?? []) {
        const matcher = matchers[problem.matcher];
        if (matcher?.owner !== owner || !appliesTo(problem, matcher, open)) continue;
        const diagnostics = byFile.get(problem.file) ?? [];
        byFile.set(problem.file, diagnostics);
        diagnostics.push(diagnosticOf(problem, matcher));
      }
    }
    const collection = this.#collectionOf(owner);
    collection.clear();
    collection.set([...byFile].map(([file, diagnostics]) => [vscode.Uri.file(file), diagnostics]));
  }

  #collectionOf(owner: string): vscode.DiagnosticCollection {
    const known = this.#collections.get(owner);
    if (known !== undefined) return known;
    const collection = vscode.languages.createDiagnosticCollection(`${PREFIX}${owner}`);
    this.#collections.set(owner, collection);
    return collection;
  }
}

function ownersOf({ matchers = [] }: JobRecord): Set<string> {
  return new Set(matchers.map(({ owner }) => owner));
}

/** Returns true if what a finished job found is outdated, since a new job checks the same folder. */
function isReplacedBy(finished: JobRecord, job: JobRecord): boolean {
  if (finished.status === 'running' || finished.cwd !== job.cwd) return false;
  const owners = ownersOf(job);
  return [...ownersOf(finished)].some((owner) => owners.has(owner));
}

function appliesTo({ file }: Problem, { applyTo }: ProblemMatcher, open: ReadonlySet<string>): boolean {
  return applyTo === 'allDocuments' || open.has(file) === (applyTo === 'openDocuments');
}
