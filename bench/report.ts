/** The results as a Markdown table with its notes. */
import { billToMarkdown } from './bill/report.ts';
import { format, line } from './markdown.ts';
import type { Results, RowResult } from './results.ts';
import { median, summarise } from './statistics.ts';

function cell(figures: number[] | undefined, ratios: number[] | undefined): string {
  if (figures === undefined || figures.length === 0) return '–';
  const { median: middle, min, max } = summarise(figures);
  const spread = figures.length > 1 ? ` (${format(min)}–${format(max)})` : '';
  const ratio = ratios === undefined || ratios.length === 0 ? '' : `, ×${format(median(ratios))}`;
  return `${format(middle)}${spread}${ratio}`;
}

/** Numbers the notes in order of their first mention. */
class Footnotes {
  readonly #texts: string[] = [];

  mark(text: string): string {
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return ` [${String(this.#texts.indexOf(text) + 1)}]`;
  }

  lines(): string[] {
    return this.#texts.map((text, index) => `[${String(index + 1)}] ${text}`);
  }
}

function peerCell(result: RowResult | undefined, metric: string, notes: Footnotes): string {
  if (result === undefined) return '';
  if (result.notOffered !== undefined) return `–${notes.mark(result.notOffered)}`;
  const marks = result.problems.map((problem) => notes.mark(problem)).join('');
  const text = cell(result.figures[metric], result.ratios[metric]);
  return result.failure === undefined ? text + marks : `${text}${marks} failed${notes.mark(result.failure)}`;
}

/** Other activity on the machine, as far as it is known. */
function loadText(loads: readonly number[]): string {
  if (loads.length === 0) return '';
  const { min, median: middle, max } = summarise(loads);
  return `, load ${format(middle)} (${format(min)}–${format(max)})`;
}

export function toMarkdown(results: Results): string {
  const notes = new Footnotes();
  const { machine, peers } = results;
  const head = [
    '',
    'goal',
    'bare limit',
    ...peers.map(({ name, version }) => `${name} ${version ?? ''}`.trim()),
  ];
  const body = results.rows.flatMap((row) =>
    row.metrics.map(({ id, title, unit, goal }) => [
      `${title} [${unit}]`,
      goal ?? '',
      cell(row.limits[id], undefined),
      ...peers.map(({ name }) => peerCell(row.peers[name], id, notes)),
    ]),
  );
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? ':--' : '--:'))),
    ...body.map(line),
    '',
    `Median of up to ${String(results.rounds)} rounds (min–max), ×ratio to the bare limit measured right before.`,
    `${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGb)} GB, ${machine.system}, ` +
      `Node ${machine.node}, ${results.date}${loadText(results.loads)}`,
    '',
    ...peers.map(({ name, means, unavailable }) => `- ${name}: ${unavailable ?? means}`),
    ...results.notes.map((note) => `- ${note}`),
    '',
    ...notes.lines(),
    ...(results.bill === undefined ? [] : ['', billToMarkdown(results.bill)]),
  ].join('\n');
}
