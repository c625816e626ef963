/** How a piece of text looks. Colors are 0 to 15 of the terminal's palette, or `#rrggbb`. */
export interface Look {
  readonly color?: string | undefined;
  readonly background?: string | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
}

interface Piece {
  readonly text: string;
  readonly look: Look;
}

export type Line = readonly Piece[];

interface Cell {
  readonly text: string;
  readonly look: Look;
}

/** Columns of a line that are kept, and characters of it that are looked at. */
const MAX_COLUMNS = 400;
const MAX_LINE_LENGTH = 20_000;
const TAB = 8;
/** The cubes and grays of the 256 colors begin after the palette. */
const CUBE = [0, 95, 135, 175, 215, 255];

/** CSI, OSC and other sequences, incomplete ones at the end included; then anything else that is one character. */
const TOKEN =
  // eslint-disable-next-line no-control-regex -- escape sequences
  /\x1b\[([0-?]*)[ -/]*([@-~]?)|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[^]/gu;

/** Characters that are invisible or change the order of others: marks of direction, format and of no width. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u;

/**
 * Returns the last lines of output as a person would see them on a terminal, with colors. It never returns markup, and
 * shows invisible characters as their numbers.
 */
export function terminalLines(output: string, maxLines: number): readonly Line[] {
  const all = output.split('\n');
  // A line break at the end begins no line yet.
  if (all.at(-1) === '') all.pop();
  let look: Look = {};
  const lines: Line[] = [];
  for (const text of all.slice(-maxLines)) {
    const line = new LineOfCells(look);
    for (const [token, parameters, final] of text.slice(0, MAX_LINE_LENGTH).matchAll(TOKEN)) {
      line.take(token, parameters, final);
    }
    look = line.look;
    lines.push(line.pieces());
  }
  return lines;
}

class LineOfCells {
  look: Look;
  readonly #cells: Cell[] = [];
  #at = 0;
  #isCut = false;

  constructor(look: Look) {
    this.look = look;
  }

  take(token: string, parameters: string | undefined, final: string | undefined): void {
    if (final === 'm') this.look = lookAfter(this.look, parameters ?? '');
    else if (final === 'K') this.#erase(parameters ?? '');
    else if (final === 'G') this.#at = Math.max(0, Number(parameters) - 1 || 0);
    else if (token.startsWith('\x1b')) return;
    else if (token === '\r') this.#at = 0;
    else if (token === '\b') this.#at = Math.max(0, this.#at - 1);
    else if (token === '\t') this.#put(' '.repeat(TAB - (this.#at % TAB)));
    else if (token === '\x07' || token === '\0') return;
    else this.#put(visible(token));
  }

  pieces(): Line {
    const pieces: { text: string; look: Look }[] = [];
    for (const { text, look } of this.#cells) {
      const last = pieces.at(-1);
      if (last?.look === look) last.text += text;
      else pieces.push({ text, look });
    }
    return this.#isCut ? [...pieces, { text: '…', look: { dim: true } }] : pieces;
  }

  #put(text: string): void {
    for (const each of text.length > 2 ? [text] : text) {
      if (this.#at >= MAX_COLUMNS) {
        this.#isCut = true;
        return;
      }
      while (this.#cells.length < this.#at) this.#cells.push({ text: ' ', look: {} });
      this.#cells[this.#at++] = { text: each, look: this.look };
    }
  }

  #erase(how: string): void {
    if (how === '' || how === '0') this.#cells.length = Math.min(this.#cells.length, this.#at);
    else if (how === '2') this.#cells.length = 0;
  }
}

function visible(character: string): string {
  // Joins the parts of an emoji, and has no effect elsewhere.
  if (character === '\u200d' || !INVISIBLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function lookAfter(before: Look, parameters: string): Look {
  // Colons separate the parts of one attribute. Both forms are in use.
  const codes = parameters.split(/[;:]/).map(Number);
  let look = before;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes.slice(i + 1));
      look = { ...look, [code === 38 ? 'color' : 'background']: color };
      i += used;
    } else look = simpleLook(look, code);
  }
  return look;
}

function simpleLook(look: Look, code: number): Look {
  if (code === 0) return {};
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 3) return { ...look, italic: true };
  if (code === 4) return { ...look, underline: true };
  if (code === 7)
    return { ...look, color: look.background ?? 'background', background: look.color ?? 'text' };
  if (code === 22) return { ...look, bold: undefined, dim: undefined };
  if (code === 23) return { ...look, italic: undefined };
  if (code === 24) return { ...look, underline: undefined };
  if (code === 27) return { ...look, color: undefined, background: undefined };
  if (code >= 30 && code <= 37) return { ...look, color: String(code - 30) };
  if (code === 39) return { ...look, color: undefined };
  if (code >= 40 && code <= 47) return { ...look, background: String(code - 40) };
  if (code === 49) return { ...look, background: undefined };
  if (code >= 90 && code <= 97) return { ...look, color: String(code - 90 + 8) };
  if (code >= 100 && code <= 107) return { ...look, background: String(code - 100 + 8) };
  return look;
}

/** Returns the color of `5;n` or `2;r;g;b`, and how many codes that are. */
function extendedColor([kind, ...rest]: readonly number[]): { color: string | undefined; used: number } {
  if (kind === 5) return { color: indexedColor(rest[0] ?? 0), used: 2 };
  if (kind === 2) return { color: hex(rest.slice(0, 3)), used: 4 };
  return { color: undefined, used: 1 };
}

function indexedColor(index: number): string | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined;
  if (index < 16) return String(index);
  if (index >= 232) return hex(Array<number>(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((at) => CUBE[at] ?? 0));
}

function hex(parts: readonly number[]): string | undefined {
  if (parts.length < 3 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined;
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
