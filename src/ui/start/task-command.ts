import { commandLine, quote, shellKind, type ShellKind } from './shell-quoting.ts';

/** The values of vscode.ShellQuoting. */
const ESCAPE = 1;
const STRONG = 2;

/** A word of a shell task: VS Code's ShellQuotedString, or a text that is quoted when it has blanks. */
export type TaskWord = string | { readonly value: string; readonly quoting: number };

/** What of a vscode.ShellExecution makes its command line. */
export interface ShellTask {
  readonly commandLine?: string | undefined;
  readonly command?: TaskWord | undefined;
  readonly args?: readonly TaskWord[] | undefined;
  readonly options?: { readonly executable?: string; readonly shellArgs?: readonly string[] } | undefined;
}

/** What of a vscode.ProcessExecution makes its command line. */
export interface ProcessTask {
  readonly process: string;
  readonly args: readonly string[];
}

/**
 * The command line of a shell task, put together as VS Code's terminal does it, so that what expands there does here.
 *
 * @param shell that runs the jobs
 * @param resolve puts the values of variables in their place; words are quoted after that
 */
export function shellTaskCommand(task: ShellTask, shell: string, resolve: (text: string) => string): string {
  const { executable, shellArgs } = task.options ?? {};
  if (executable === undefined) return lineOf(task, shellKind(shell), resolve);
  // The task wants a shell of its own: ours starts it.
  const own = resolve(executable);
  const kind = shellKind(own);
  const flags = shellArgs?.map(resolve) ?? [];
  const last = kind === 'powershell' ? '-Command' : kind === 'cmd' ? '/c' : '-c';
  const hasLast = flags.some((flag) => flag.toLowerCase() === last.toLowerCase());
  return commandLine(
    [own, ...flags, ...(hasLast ? [] : [last]), lineOf(task, kind, resolve)],
    shellKind(shell),
  );
}

/** The command line of a task that has no shell: nothing in it expands. */
export function processTaskCommand(
  task: ProcessTask,
  shell: string,
  resolve: (text: string) => string,
): string {
  return commandLine([resolve(task.process), ...task.args.map(resolve)], shellKind(shell));
}

function lineOf(task: ShellTask, kind: ShellKind, resolve: (text: string) => string): string {
  const command = task.commandLine ?? task.command ?? '';
  const args = task.commandLine === undefined ? (task.args ?? []) : [];
  if (args.length === 0 && typeof command === 'string') {
    const line = resolve(command);
    // One that has blanks is a command line; one that got them from a variable is a path.
    return line === command || needsQuotes(command) ? line : word(line, kind);
  }
  const words = [command, ...args].map((each) =>
    typeof each === 'string' ? word(resolve(each), kind) : quoted(resolve(each.value), each.quoting, kind),
  );
  const isQuoted = kind === 'powershell' && /^['"]/.test(words[0] ?? '');
  return `${isQuoted ? '& ' : ''}${words.join(' ')}`;
}

function word(text: string, kind: ShellKind): string {
  return needsQuotes(text) ? quote(text, kind) : text;
}

function quoted(text: string, quoting: number, kind: ShellKind): string {
  if (quoting === STRONG) return quote(text, kind);
  if (quoting === ESCAPE && kind === 'posix') return text.replaceAll(/[\s"']/g, '\\$&');
  if (quoting === ESCAPE && kind === 'powershell') return text.replaceAll(/[\s"'()]/g, '`$&');
  return `"${text}"`;
}

/**
 * Whether there are blanks outside of quotes: the rule of VS Code (terminalTaskSystem.ts, needsQuotes). And, more than
 * there, a quote that is not closed, as in an answer such as "it's me".
 */
function needsQuotes(text: string): boolean {
  return /[\s"']/.test(text.replaceAll(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, ''));
}
