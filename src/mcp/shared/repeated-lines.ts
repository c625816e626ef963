const COUNT = new Intl.NumberFormat('en-US');

/**
 * Replaces runs of identical lines by the line and `[repeated 4,999 more times]`, where that is shorter. An unfinished
 * last line stays as it is.
 */
export function foldRepeatedLines(text: string): string {
  const lines = text.split('\n');
  const unfinished = lines.pop() ?? '';
  let folded = '';
  for (let from = 0, to = 0; from < lines.length; from = to) {
    while (to < lines.length && lines[to] === lines[from]) to++;
    folded += foldRun(`${lines[from] ?? ''}\n`, to - from);
  }
  return folded + unfinished;
}

function foldRun(line: string, count: number): string {
  if (count < 3) return line.repeat(count);
  const mark = `[repeated ${COUNT.format(count - 1)} more times]\n`;
  return mark.length < line.length * (count - 1) ? line + mark : line.repeat(count);
}
