import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** Number of the color "bright black" in the palette of a terminal. */
const GREY = 8;

/** Creates a terminal of a given size, like that of the editor. */
export function openScreen(cols: number, rows: number) {
  const terminal = new xterm.Terminal({ cols, rows, scrollback: 1000, allowProposedApi: true });
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  const answers: string[] = [];
  terminal.onData((data) => answers.push(data));
  return {
    write: (text: string): void => terminal.write(text),
    /** Data that the terminal sent by itself. */
    answers,
    resize: (columns: number): void => terminal.resize(columns, rows),
    /** Returns its lines after everything is drawn, including those scrolled away, without empty lines at the end. */
    async lines(): Promise<string[]> {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      const lines: string[] = [];
      for (let at = 0; at < active.length; at++) {
        const line = active.getLine(at);
        const text = line?.translateToString(true) ?? '';
        if (line?.isWrapped === true) lines.push((lines.pop() ?? '') + text);
        else lines.push(text);
      }
      return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
    },
    /** Returns true if a row begins with the text. */
    async isGrey(row: number): Promise<boolean> {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      return terminal.buffer.active.getLine(row)?.getCell(0)?.getFgColor() === GREY;
    },
  };
}
