import type { LogReader } from '../read/log-reader.ts';
import { cursorAfter } from '../render/cursor-position.ts';
import { isUtf16 } from '../render/text-encoding.ts';
import type { EarlierSave, EarlierState } from './earlier-state.ts';
import { cutBytes, fillUnknown } from './unknown-cells.ts';

/** Output in which the place of the cursor and the style of the text are looked for. Programs set both again and again. */
const CONTEXT_BYTES = 256 * 1024;
const RESET_STYLE = '\x1b[m';
// eslint-disable-next-line no-control-regex -- escape sequences begin with one
const STYLE = /(?:\x1b\[|\xc2\x9b)([\d;:]*)m/g;
const SETS_ALL_STYLES = /^0*(?:;|$)/;

interface Beginning {
  readonly reader: LogReader;
  /** Cursor of the first byte that is drawn. */
  readonly at: number;
  /** The state there. */
  readonly state: EarlierState;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly encoding: string | undefined;
}

/**
 * Returns output that brings a new terminal to where that of a job was at a cursor of its log, but for what it showed: all
 * cells are unknown.
 */
export function beginScreen(beginning: Beginning): string {
  const { state, size, at } = beginning;
  const unknown = RESET_STYLE + fillUnknown(size);
  const { hiddenScreen, screen } = state;
  const region = screen.region + (state.isOrigin ? '\x1b[?6h' : '');
  return [
    unknown,
    // The alternate screen is shown from the place that was saved on the normal one.
    hiddenScreen === undefined ? '' : hiddenScreen.region + savedAgain(beginning, hiddenScreen.saved),
    state.modes,
    // Origin mode comes back with the region.
    state.isOrigin ? '\x1b[?6l' : '',
    hiddenScreen === undefined ? '' : unknown,
    savedAgain(beginning, screen.saved),
    region,
    placed(beginning, at, region, state.isOrigin),
    state.characters,
  ].join('');
}

/** Returns sequences that save the cursor where a program has saved it. */
function savedAgain(beginning: Beginning, saved: EarlierSave | undefined): string {
  if (saved === undefined) return '';
  const place = placed(beginning, saved.at, saved.region);
  return saved.isLineDrawing ? `${place}\x1b(0\x1b7\x1b(B` : `${place}\x1b7`;
}

/**
 * Returns sequences that bring the cursor to where it was at a cursor of the log, and set the style of the text there.
 *
 * @param region sequences that set the scroll region and origin mode in which the cursor was
 * @param isOrigin the row is counted from that region
 */
function placed({ reader, size, encoding }: Beginning, at: number, region: string, isOrigin = false): string {
  const from = Math.max(reader.range().start, at - CONTEXT_BYTES);
  const kept = Buffer.concat([...reader.pieces(from, at)].map((piece) => piece.bytes));
  const bytes = from === 0 ? kept : kept.subarray(cutBytes(kept));
  const style = RESET_STYLE + styleAfter(bytes);
  // The tracker of the cursor reads bytes that contain ASCII.
  if (isUtf16(encoding)) return style;
  const { row, column } = cursorAfter(Buffer.concat([Buffer.from(region), bytes]), size, encoding);
  const top = isOrigin ? Number(/\[(\d+)/.exec(region)?.[1] ?? 1) : 1;
  return `${style}\x1b[${row - Math.max(1, top) + 1};${column}H`;
}

/** Returns the sequences that set the style in which text is shown after some output. */
function styleAfter(bytes: Buffer): string {
  const styles = [...bytes.toString('latin1').matchAll(STYLE)];
  const last = styles.findLastIndex(([, parameters = '']) => SETS_ALL_STYLES.test(parameters));
  return styles
    .slice(Math.max(0, last))
    .map(([, parameters]) => `\x1b[${parameters}m`)
    .join('');
}
