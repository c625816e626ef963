import { MAX_REPLY_BYTES } from './reply.ts';

interface ScreenLimits {
  /** How many rows are shown. */
  readonly lines: number;
  /** How many bytes these may have. */
  readonly maxBytes: number;
  /** The `max_bytes` of the call. If rows are missing, a note names the value that shows them. */
  readonly replyBytes: number;
}

/**
 * Returns the rows of a screen as text, without the empty ones at its end. If not all are shown, those around the cursor are,
 * and a first line says which these are.
 *
 * @param cursorRow the first row is 1
 */
export function screenText(rows: readonly string[], cursorRow: number, limits: ScreenLimits): string {
  const { lines, maxBytes, replyBytes } = limits;
  const drawn = rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
  const size = sizeOf(drawn);
  if (drawn.length <= lines && size <= maxBytes) return drawn.join('\n');
  const { first, end } = around(drawn, Math.min(cursorRow, drawn.length) - 1, limits);
  const shown = drawn.slice(first, end);
  const which = shown.length === 1 ? `row ${end} is` : `rows ${first + 1} to ${end} are`;
  const needed = Math.min(MAX_REPLY_BYTES, replyBytes + size - maxBytes);
  const wider = [
    ...(drawn.length > lines ? [`lines=${drawn.length}`] : []),
    ...(size > maxBytes ? [`max_bytes=${needed}`] : []),
  ].join(' and ');
  const note = `[Of ${drawn.length} rows, ${which} shown. For more, pass ${wider}.]`;
  return `${note}\n${sizeOf(shown) > maxBytes ? beginning(shown.join('\n'), maxBytes) : shown.join('\n')}`;
}

/** Returns which rows around one are shown. @param at the position of that one, which is always shown */
function around(
  rows: readonly string[],
  at: number,
  { lines, maxBytes }: ScreenLimits,
): { readonly first: number; readonly end: number } {
  let [first, end] = [at, at + 1];
  let size = sizeOf(rows.slice(first, end));
  const add = (row: string | undefined): boolean => {
    if (row === undefined || end - first >= lines || size + sizeOf([row]) > maxBytes) return false;
    size += sizeOf([row]);
    return true;
  };
  for (let isAdded = true; isAdded;) {
    isAdded = add(rows[first - 1]);
    if (isAdded) first--;
    if (add(rows[end])) {
      isAdded = true;
      end++;
    }
  }
  return { first, end };
}

/** Returns the number of bytes of rows, with their line breaks. */
function sizeOf(rows: readonly string[]): number {
  return rows.reduce((sum, row) => sum + Buffer.byteLength(row) + 1, 0);
}

/** Returns as many whole characters of a text as fit into a number of bytes. */
function beginning(text: string, maxBytes: number): string {
  return Buffer.from(text)
    .subarray(0, maxBytes)
    .toString()
    .replace(/\ufffd+$/, '');
}
