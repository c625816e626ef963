import { win32 } from 'node:path';
import { joinArguments } from './command-line.ts';

type ShellKind = 'powershell' | 'cmd' | 'posix';

/** Longest command line that CreateProcessW accepts, in characters (UTF-16 units). */
const MAX_COMMAND_LINE = 32_766;
/** Longest command of cmd.exe. It cuts or refuses longer ones. */
const MAX_CMD_COMMAND = 8191;

/**
 * Consoles without a window use the old code page of the system. These make programs that ask for the code page print
 * UTF-8.
 */
const CMD_UTF8 = 'chcp 65001 >nul & ';
const POSIX_UTF8 = 'chcp.com 65001 >/dev/null 2>&1; ';
const POWERSHELL_UTF8 =
  'try{[Console]::InputEncoding=[Console]::OutputEncoding=$OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}';
/** PowerShell exits with 1 for any exit code of a program but 0. `$LASTEXITCODE` is null if no program has run. */
const POWERSHELL_EXIT = 'if($?){exit 0}if($LASTEXITCODE){exit $LASTEXITCODE}exit 1';

function kindOf(shell: string): ShellKind {
  const name = win32.basename(shell).toLowerCase();
  if (/^(powershell|pwsh(-preview)?)(\.exe)?$/.test(name)) return 'powershell';
  return /^cmd(\.exe)?$/.test(name) ? 'cmd' : 'posix';
}

/**
 * Returns the command line that runs a command in a shell of Windows. It keeps the exit code, and prints UTF-8.
 *
 * @param isInteractive whether PowerShell may ask, as in a terminal. Otherwise a question is an error.
 */
export function shellCommandLine(
  shell: string,
  command: string,
  { isInteractive = false }: { readonly isInteractive?: boolean } = {},
): string {
  switch (kindOf(shell)) {
    case 'powershell': {
      const script = `${POWERSHELL_UTF8}\n${command}\n${POWERSHELL_EXIT}`;
      // By default the execution policy refuses the npm.ps1 that PowerShell finds for `npm`.
      const options = ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-Command'];
      return joinArguments([shell, ...(isInteractive ? [] : ['-NonInteractive']), ...options, script]);
    }
    case 'cmd':
      // With /s, cmd removes the outer quotes, and leaves everything between them as it is.
      return `${joinArguments([shell])} /d /s /c "${CMD_UTF8}${command.trimEnd()}"`;
    case 'posix':
      return joinArguments([shell, '-c', POSIX_UTF8 + command]);
  }
}

/** Says in whole sentences why a shell of Windows cannot run a command. Undefined if it can. */
export function commandProblem(shell: string, command: string): string | undefined {
  const kind = kindOf(shell);
  if (kind === 'cmd' && /[\r\n]/.test(command.trimEnd())) {
    return (
      'The command has several lines, and cmd would run only the first one. Join the lines with &&, or put them into ' +
      'a script and run that.'
    );
  }
  const ownLength = kind === 'cmd' ? CMD_UTF8.length + command.length : 0;
  const length = shellCommandLine(shell, command).length;
  if (ownLength <= MAX_CMD_COMMAND && length <= MAX_COMMAND_LINE) return undefined;
  const max =
    kind === 'cmd' ? MAX_CMD_COMMAND - CMD_UTF8.length : MAX_COMMAND_LINE - (length - command.length);
  return (
    `The command has ${command.length} characters, and on Windows this shell takes at most ${max} of it. ` +
    'Put it into a script and run that.'
  );
}
