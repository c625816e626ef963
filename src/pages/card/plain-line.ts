import { terminalLines } from '../../mcp/card/terminal-lines.ts';

/** Returns a text as one line without colors, in which invisible characters are shown as numbers. */
export function plainLine(text: string): string {
  return terminalLines(text.replaceAll('\n', ' '), 1)
    .flat()
    .map((piece) => piece.text)
    .join('');
}
