import { commandLine, quote, type ShellKind, shellKind } from './shell-quoting.ts';

/** The values of vscode.ShellQuoting. */
const ESCAPE = 1;
const STRONG = 2;

/** A word of a shell task: VS Code's ShellQuotedString, or a string that is quoted if it contains spaces. */
type TaskWord = string | { readonly value: string; readonly quoting: number };

/** The properties of a vscode.ShellExecution that define its command line. */
export interface ShellTask {
  readonly commandLine?: string | undefined;
  readonly command?: TaskWord | undefined;
  readonly args?: readonly TaskWord[] | undefined;
  readonly options?: { readonly executable?: string; readonly shellArgs?: readonly string[] } | undefined;
}

/** The properties of a vscode.ProcessExecution that define its command line. */
interface ProcessTask {
  readonly process: string;
  readonly args: readonly string[];
}

/**
 * Builds the command line of a shell task like VS Code's terminal does, so that the same parts of it expand.
 *
 * @param shell the shell that runs the jobs
 * @param resolve replaces variables by their values; words are quoted afterwards
 */
export function shellTaskCommand(task: ShellTask, shell: string, resolve: (text: string) => string): string {
  const { executable, shellArgs } = task.options ?? {};
  if (executable === undefined) return buildLine(task, shellKind(shell), resolve);
  // The task has its own shell. The shell of the jobs starts it.
  const own = resolve(executable);
  const kind = shellKind(own);
  const flags = shellArgs?.map(resolve) ?? [];
  const last = kind === 'powershell' ? '-Command' : kind === 'cmd' ? '/c' : '-c';
  const hasLast = flags.some((flag) => flag.toLowerCase() === last.toLowerCase());
  return commandLine(
    [own, ...flags, ...(hasLast ? [] : [last]), buildLine(task, kind, resolve)],
    shellKind(shell),
  );
}

/** Builds the command line of a task without a shell, so that nothing in it expands. */
export function processTaskCommand(
  task: ProcessTask,
  shell: string,
  resolve: (text: string) => string,
): string {
  return commandLine([resolve(task.process), ...task.args.map(resolve)], shellKind(shell));
}

function buildLine(task: ShellTask, kind: ShellKind, resolve: (text: string) => string): string {
  const command = task.commandLine ?? task.command ?? '';
  const args = task.commandLine === undefined ? (task.args ?? []) : [];
  if (args.length === 0 && typeof command === 'string') {
    const line = resolve(command);
    // A string that contains spaces is a command line. If only the value of a variable contains them, it is a path.
    return line === command || needsQuotes(command) ? line : quoteIfNeeded(line, kind);
  }
  const words = [command, ...args].map((each) =>
    typeof each === 'string'
      ? quoteIfNeeded(resolve(each), kind)
      : quoteAs(resolve(each.value), each.quoting, kind),
  );
  const isQuoted = kind === 'powershell' && /^['"]/.test(words[0] ?? '');
  return `${isQuoted ? '& ' : ''}${words.join(' ')}`;
}

function quoteIfNeeded(text: string, kind: ShellKind): string {
  return needsQuotes(text) ? quote(text, kind) : text;
}

function quoteAs(text: string, quoting: number, kind: ShellKind): string {
  if (quoting === STRONG) return quote(text, kind);
  if (quoting === ESCAPE && kind === 'posix') return text.replaceAll(/[\s"']/g, '\\$&');
  if (quoting === ESCAPE && kind === 'powershell') return text.replaceAll(/[\s"'()]/g, '`$&');
  return `"${text}"`;
}

/**
 * Returns true if there are spaces outside of quotes, like needsQuotes in VS Code's terminalTaskSystem.ts. In addition,
 * an unclosed quote needs quotes, for example in the input "it's me".
 */
function needsQuotes(text: string): boolean {
  return /[\s"']/.test(text.replaceAll(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, ''));
}
