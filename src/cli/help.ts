import { type Option, OPTIONS } from './option-table.ts';

const WIDTH = 100;
const COLUMN = 26;

/** Returns what `--help` prints. */
export function helpText(): string {
  return `Usage: background-jobs [options]

An MCP server over stdio that runs shell commands as background jobs.

${Object.entries<Option>(OPTIONS)
  .map(([name, option]) => row(usageOf(name, option), explain(option)))
  .join('\n')}

${wrap(
  'Sizes may end in KB, MB or GB. A flag takes precedence over its variable. Invalid values are reported on stderr ' +
    'and ignored. If a number is out of range, the nearest allowed number is used. With --attach, the limits and ' +
    'folders of the window apply.',
  WIDTH,
).join('\n')}`;
}

function usageOf(name: string, option: Option): string {
  switch (option.kind) {
    case 'switch':
      return `--${name}`;
    case 'optional text':
      return `--${name}[=${option.placeholder}]`;
    case 'number':
      return `--${name} N`;
    case 'choice':
      return `--${name} NAME`;
    default:
      return `--${name} ${option.placeholder}`;
  }
}

function explain(option: Option): string {
  const { help, variable } = option;
  const source = variable === undefined ? '' : ` (${variable}${option.kind === 'switch' ? '=true' : ''})`;
  return `${help}${valuesOf(option)}${source}`;
}

function valuesOf(option: Option): string {
  if (option.kind === 'number') {
    const { min, max, unit, default: value } = option.bounds;
    if (unit === 'bytes') return ` ${size(min)} to ${size(max)}, default ${size(value)}.`;
    return ` ${min} to ${max} ${unit}, default ${value}.`;
  }
  if (option.kind !== 'choice') return '';
  const choices = ` ${option.choices.join(', ')}`;
  return option.default === undefined ? choices : `${choices}; default ${option.default}`;
}

function row(usage: string, text: string): string {
  const lines = wrap(text, WIDTH - COLUMN);
  const isLong = usage.length + 3 > COLUMN;
  const first = isLong ? [`  ${usage}`] : [`  ${usage}`.padEnd(COLUMN) + (lines.shift() ?? '')];
  return [...first, ...lines.map((line) => ' '.repeat(COLUMN) + line)].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function size(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let [amount, unit] = [bytes, 0];
  for (; amount % 1024 === 0 && unit < units.length - 1; unit++) amount /= 1024;
  return `${amount} ${units[unit]}`;
}
