import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { scratchFolder } from './scratch.ts';

/** The part that the tools below share: the processes of this machine, read from /proc. */
const PROCESSES = `
const fs = require('node:fs');
const read = (file) => { try { return fs.readFileSync(file, 'latin1'); } catch { return ''; } };
const processes = fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).flatMap((pid) => {
  const text = read('/proc/' + pid + '/stat');
  if (text === '') return [];
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const command = read('/proc/' + pid + '/cmdline').replaceAll('\\0', ' ').trim();
  const environment = read('/proc/' + pid + '/environ').replaceAll('\\0', ' ').trim();
  return [{ pid, state: fields[0], parent: fields[1], group: fields[2], started: fields[19], command, environment }];
});
`;

/** Tools of macOS, written after their manuals, that report the processes of this machine. Linux only. */
const TOOLS = {
  ps: `${PROCESSES}
const args = process.argv.slice(2);
const asked = args.includes('-p') ? args[args.indexOf('-p') + 1].split(',') : undefined;
const chosen = processes.filter(({ pid }) => asked === undefined || asked.includes(pid));
for (const each of chosen) {
  if (args[0] === '-Eww') console.log(' ' + each.pid + ' ' + each.command + ' ' + each.environment);
  else if (args.some((arg) => arg.startsWith('rss='))) console.log(' 2048 0:01.50 ' + each.command);
  // lstart contains blanks.
  else console.log([each.pid, each.parent, each.group, each.state + 's', 'Fri Nov', each.started].join(' '));
}
process.exitCode = chosen.length === 0 ? 1 : 0;
`,
};

/** Ways in which a tool can fail. */
export const BROKEN: Readonly<Record<string, string | undefined>> = {
  'fails without a message': 'process.exit(1)',
  'is not to be run': undefined,
};

/**
 * Puts these tools at the beginning of the PATH of this process until the test ends.
 *
 * @param change replaces some of them by other JavaScript programs, or by a file that cannot be run if undefined
 */
export function standInTools(
  context: TestContext,
  change: Readonly<Record<string, string | undefined>> = {},
): void {
  const bin = join(scratchFolder(context), 'bin');
  mkdirSync(bin);
  for (const [name, program] of Object.entries<string | undefined>({ ...TOOLS, ...change })) {
    const script = `#!${process.execPath}\n${program ?? ''}`;
    writeFileSync(join(bin, name), script, { mode: program === undefined ? 0o600 : 0o700 });
  }
  const before = process.env.PATH;
  const isHidden = Object.values(change).some((program) => program === undefined);
  process.env.PATH = isHidden ? bin : `${bin}${delimiter}${before ?? ''}`;
  context.after(() => {
    process.env.PATH = before;
  });
}
