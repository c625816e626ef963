/** Shells that differ in their quoting rules. */
export type ShellKind = 'posix' | 'powershell' | 'cmd';

/** Returns the kind of a shell. @param shell path or name of the shell */
export function shellKind(shell: string): ShellKind {
  const name = shell.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (/^(powershell|pwsh)(\.exe)?$/.test(name)) return 'powershell';
  return /^cmd(\.exe)?$/.test(name) ? 'cmd' : 'posix';
}

/** Quotes a text as one literal word. cmd has no such quotes and still replaces `%name%`. */
export function quote(text: string, kind: ShellKind): string {
  // PowerShell also accepts typographic quotes (about_Quoting_Rules).
  if (kind === 'powershell') return `'${text.replaceAll(/['‘’‚‛]/g, '$&$&')}'`;
  if (kind === 'cmd') return `"${text.replaceAll('"', '""')}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Words that need no quotes. Without them the command line is easier to read. */
const PLAIN: Readonly<Record<ShellKind, RegExp>> = {
  posix: /^[\w@%+=:,./-]+$/,
  powershell: /^(--?[A-Za-z][\w-]*|[\w./\\][\w./\\:-]*)$/,
  cmd: /^[\w./\\:@+-]+$/,
};

/** Builds a command line that runs a program with exactly these arguments. */
export function commandLine(
  [program, ...parameters]: readonly [string, ...string[]],
  kind: ShellKind,
): string {
  const word = (text: string): string => (PLAIN[kind].test(text) ? text : quote(text, kind));
  // A first word with `=` would be an assignment.
  const first = program.includes('=') ? quote(program, kind) : word(program);
  // In PowerShell a quoted word is a string unless the call operator precedes it.
  const call = kind === 'powershell' && first !== program ? '& ' : '';
  return [`${call}${first}`, ...parameters.map(word)].join(' ');
}
