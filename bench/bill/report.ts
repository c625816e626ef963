import { format, line } from '../markdown.ts';
import type { BillCell, BillResults } from './bill.ts';
import { SPEED } from './story.ts';

function bytes(count: number): string {
  return count < 1000 ? `${String(count)} B` : `${format(count / 1000)} KB`;
}

function cellText(cell: BillCell | undefined): string {
  if (cell === undefined) return '';
  if ('notOffered' in cell) return `– ${cell.notOffered}`;
  if ('failure' in cell) return `failed: ${cell.failure}`;
  return `${String(cell.calls)} ${cell.calls === 1 ? 'call' : 'calls'}, ${bytes(cell.bytesIn)} in, ${bytes(cell.bytesOut)} out`;
}

/** A table of tasks and peers. */
export function billToMarkdown({ tasks, toolLists }: BillResults): string {
  const peers = Object.keys(toolLists);
  return [
    line(['task', ...peers]),
    line([':--', ...peers.map(() => ':--')]),
    ...tasks.map(({ title, cells }) => line([title, ...peers.map((peer) => cellText(cells[peer]))])),
    line(['tool definitions, in every request', ...peers.map((peer) => bytes(toolLists[peer] ?? NaN))]),
    '',
    `In: names and arguments of the calls, out: text of the replies. Played ${String(SPEED)} times as fast.`,
  ].join('\n');
}
