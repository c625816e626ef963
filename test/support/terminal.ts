import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** So wide (columns) that nothing in our tests wraps. */
const COLUMNS = 1000;

/**
 * What a real terminal shows in the end of some output: all its lines, those scrolled away included, without
 * blanks at their ends and without empty lines at the end.
 */
export async function finalScreen(output: Uint8Array | string): Promise<string[]> {
  const size = { cols: COLUMNS, rows: 60, scrollback: 100_000 };
  // convertEol: a job has no terminal device that would make "\r\n" of "\n".
  const terminal = new xterm.Terminal({ ...size, convertEol: true, allowProposedApi: true });
  // Without it the widths are those of Unicode 6, where an emoji takes one column.
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true));
  terminal.dispose();
  return trimmed(lines.map((line = '') => line));
}

/** Lines as they can be compared: blanks at an end cannot be seen. */
export function trimmed(lines: readonly string[]): string[] {
  const ends = lines.map((line) => line.trimEnd());
  return ends.slice(0, ends.findLastIndex((line) => line !== '') + 1);
}
