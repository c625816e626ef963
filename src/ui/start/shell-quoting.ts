/** What quotes mean in the shell that runs the jobs. */
export type ShellKind = 'posix' | 'powershell' | 'cmd';

/** @param shell path or name of a shell */
export function shellKind(shell: string): ShellKind {
  const name = shell.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (/^(powershell|pwsh)(\.exe)?$/.test(name)) return 'powershell';
  return /^cmd(\.exe)?$/.test(name) ? 'cmd' : 'posix';
}

/** The text as one word that the shell takes literally (of cmd, which has no such quotes, all but `%name%`). */
export function quote(text: string, kind: ShellKind): string {
  // PowerShell takes typographic quotes for quotes as well (about_Quoting_Rules).
  if (kind === 'powershell') return `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
  if (kind === 'cmd') return `"${text.replaceAll('"', '""')}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Words that need no quotes: people read the command line. */
const PLAIN: Readonly<Record<ShellKind, RegExp>> = {
  posix: /^[\w@%+=:,./-]+$/,
  powershell: /^(--?[A-Za-z][\w-]*|[\w./\\][\w./\\:-]*)$/,
  cmd: /^[\w./\\:@+-]+$/,
};

/** A command line that runs a program with exactly these arguments. */
export function commandLine(
  [program, ...parameters]: readonly [string, ...string[]],
  kind: ShellKind,
): string {
  const word = (text: string): string => (PLAIN[kind].test(text) ? text : quote(text, kind));
  // A first word with `=` would be an assignment.
  const first = program.includes('=') ? quote(program, kind) : word(program);
  // To PowerShell a quoted word is a text, unless it is called.
  const call = kind === 'powershell' && first !== program ? '& ' : '';
  return [`${call}${first}`, ...parameters.map(word)].join(' ');
}
