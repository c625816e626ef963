import * as vscode from 'vscode';
import { runtime } from '../../jobs/records/job-duration.ts';
import type { LogRange } from '../../log/read/log-reader.ts';
import { exitCodeText } from '../../protocol/exit-code.ts';
import { isFinished, type JobRecord } from '../../protocol/job-record.ts';
import type { InspectResult } from '../../protocol/messages.ts';
import { formatBytes } from '../format/amounts.ts';
import { printable } from '../format/printable.ts';
import { statusText } from '../format/status-text.ts';
import { jobFacts } from '../tree/job-facts.ts';
import type { Chart, DetailsState } from './details-contract.ts';
import { inTreeOrder } from './process-order.ts';
import { SAMPLES, type UsageSamples } from './usage-samples.ts';

const MAX_COMMAND_LENGTH = 10_000;
const MAX_PROCESSES = 100;
const MAX_PROCESS_COMMAND_LENGTH = 300;
const MAX_RUNS = 20;
/** Seconds that a chart shows at first. */
const FIRST_SAMPLES = 60;

export interface DetailsSource {
  readonly job: JobRecord;
  /** Whether it is no longer in the list. */
  readonly isRemoved: boolean;
  readonly log: LogRange;
  readonly tree: InspectResult;
  readonly samples: UsageSamples;
  /** The runs of the same name, newest first. */
  readonly runs: readonly JobRecord[];
}

/** Returns what the page of a job shows. */
export function detailsState({ job, isRemoved, log, tree, samples, runs }: DetailsSource): DetailsState {
  const { name, command, env } = job;
  const isLong = samples.cpu.length > FIRST_SAMPLES;
  // Processes and ports have sections of their own.
  const facts = jobFacts(job, log, { processes: [], ports: [] });
  return {
    id: job.id,
    title: printable(name ?? command.slice(0, MAX_COMMAND_LENGTH)),
    command: printable(command.slice(0, MAX_COMMAND_LENGTH)),
    status: isRemoved ? vscode.l10n.t('This job was removed from the list.') : statusText(job.status),
    facts,
    charts: [cpuChart(samples), memoryChart(samples)],
    samples: isLong ? SAMPLES : FIRST_SAMPLES,
    span: isLong ? vscode.l10n.t('{0} minutes', SAMPLES / FIRST_SAMPLES) : vscode.l10n.t('1 minute'),
    ports: {
      title: vscode.l10n.t('Ports'),
      empty: vscode.l10n.t('The job does not listen on a port.'),
      ports: tree.ports,
    },
    processes: processSection(tree, samples),
    environment: {
      title: vscode.l10n.t('Environment Variables'),
      empty: vscode.l10n.t('The job got no variables besides those of the window.'),
      names: Object.keys(env).sort().map(printable),
    },
    runs: {
      title: vscode.l10n.t('Runs'),
      empty: '',
      columns: [
        vscode.l10n.t('Started'),
        vscode.l10n.t('Duration'),
        vscode.l10n.t('Status'),
        vscode.l10n.t('Exit Code'),
      ],
      rows: runs.slice(0, MAX_RUNS).map((run) => ({
        id: run.id,
        isShown: run.id === job.id,
        cells: runCells(run),
      })),
    },
  };
}

function cpuChart({ cpu }: UsageSamples): Chart {
  const [now, most] = [lastOf(cpu), highestOf(cpu)];
  return {
    title: vscode.l10n.t('CPU'),
    summary:
      now === undefined ? '' : vscode.l10n.t('{0} now, {1} at most', percentText(now), percentText(most)),
    values: cpu,
    // All of one core, unless more are in use.
    most: Math.max(100, most),
  };
}

function memoryChart({ memory }: UsageSamples): Chart {
  const [now, most] = [lastOf(memory), highestOf(memory)];
  return {
    title: vscode.l10n.t('Memory'),
    summary:
      now === undefined ? '' : vscode.l10n.t('{0} now, {1} at most', formatBytes(now), formatBytes(most)),
    values: memory,
    most: Math.max(1, most * 1.2),
  };
}

function processSection({ processes }: InspectResult, samples: UsageSamples): DetailsState['processes'] {
  const rows = inTreeOrder(processes).map(({ process, depth }) => {
    const { pid, command, memoryBytes, isStopped } = process;
    const cpu = samples.cpuOf(pid);
    const shown = printable(command.slice(0, MAX_PROCESS_COMMAND_LENGTH));
    const text = isStopped ? vscode.l10n.t('{0} (stopped)', shown) : shown;
    return {
      depth,
      cells: [text, String(pid), cpu === undefined ? '–' : percentText(cpu), formatBytes(memoryBytes)],
    };
  });
  const hidden = rows.length - MAX_PROCESSES;
  return {
    title: vscode.l10n.t('Processes'),
    empty: vscode.l10n.t('No process of the job is running.'),
    columns: [
      vscode.l10n.t('Command'),
      vscode.l10n.t('Process'),
      vscode.l10n.t('CPU'),
      vscode.l10n.t('Memory'),
    ],
    rows: rows.slice(0, MAX_PROCESSES),
    more: hidden > 0 ? vscode.l10n.t('{0} further processes', hidden) : undefined,
  };
}

function runCells(run: JobRecord): string[] {
  const { startedAt, status, exitCode, signal } = run;
  return [
    new Date(startedAt).toLocaleString(),
    // It would change every second.
    (isFinished(run) ? runtime(run) : undefined) ?? '–',
    statusText(status),
    exitCode === undefined ? (signal ?? '–') : exitCodeText(exitCode),
  ];
}

function percentText(percent: number): string {
  return `${Math.round(percent)} %`;
}

function lastOf(values: readonly (number | null)[]): number | undefined {
  return values.findLast((value) => value !== null) ?? undefined;
}

function highestOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}
