import type { FoundCommand } from './command-analysis.ts';
import { CONSOLE_COMMANDS, CONSOLES, CONTAINERS, INTERPRETERS } from './console-programs.ts';
import { SHELLS } from './nested-shells.ts';
import { PolicyRefusal, shown } from './refusal.ts';
import { type Arg, programOf } from './shell-words.ts';
import { AWK_NAMES, scriptRunsInput, SED_NAMES } from './text-programs.ts';

/**
 * Options of interpreters after which the next word may be a value and not a script: letters that are not known as
 * flags, and long options of node, deno and bun.
 */
const VALUE_OPTIONS = new RegExp(
  `^(-[^\\W_\\dubBEOPSqswvnhTcemf]|--(${[
    'require|import|loader|preload|conditions|config|cwd|title|env-file(-if-exists)?|input-type|eval|print|localstorage-file',
    'disable-(proto|warning)|dns-result-order|openssl-config|redirect-warnings|secure-heap(-min)?|unhandled-rejections',
    'inspect-port|debug-port|experimental-loader|allow-fs-(read|write)|icu-data-dir|stack-trace-limit',
    'use-largepages|v8-pool-size|(cpu|heap)-prof-[^=]+|heapsnapshot-[^=]+|[^=]+-dir|[^=]+-uid|[^=]+-timeout|max-[^=]+|snapshot-blob',
    'build-snapshot-config|report-(filename|signal)|test-[^=]+|tls-(cipher-list|keylog)|trace-event-[^=]+|watch-(path|kill-signal)',
    'trace-require-module|experimental-[^=]+-(map|config|filter)',
  ].join('|')}))$`,
);
/** Arguments that start a prompt in spite of a script. */
const PROMPTS =
  /^(-[a-zA-Z]*i|--interactive|(-m)?(code|[ipub]*pdb|pudb|asyncio|IPython|ptpython|bpython)|(-r)?(debug|byebug|pry|irb)|inspect|repl)$/;
/** -i before the command or the module of python. */
const PYTHON_PROMPT = /^-[bBdEIOPqsSuvx]*i[bBdEIOPqsSuvx]*[cm]/;
/** Flags of perl with -d, which starts its debugger. `-d:Name` loads a module instead. */
const PERL_DEBUGGER = /^-[acnpsStTuUvwWX]*dt?([a-zA-Z\d]|$)/;

/** Names of the input of a program, or of a device that may be its input. */
const INPUT = /^(-|\/+(dev|proc)\/.*)$/;

/** Returns whether the first operand is a script, and not the input. */
function hasScriptIn(program: string, args: readonly string[]): boolean {
  if (args.some((arg) => PROMPTS.test(arg))) return false;
  const end = args.findIndex((arg, at) => !arg.startsWith('-') && !/^-\w*[eEI]$/.test(args[at - 1] ?? ''));
  const flags = args.slice(0, end === -1 ? undefined : end);
  if (program.startsWith('perl') && flags.some((arg) => PERL_DEBUGGER.test(arg))) return false;
  const at = args.findIndex(
    (arg, index) => INPUT.test(arg) || (!arg.startsWith('-') && !VALUE_OPTIONS.test(args[index - 1] ?? '')),
  );
  if (/^(python|pypy)/.test(program) && args.slice(0, at).some((arg) => PYTHON_PROMPT.test(arg)))
    return false;
  // In `deno run -`, the script follows.
  if (/^(deno|bun)$/.test(program) && args[at] === 'run') return hasScriptIn(program, args.slice(at + 1));
  return at !== -1 && !INPUT.test(args[at]!);
}

/** Options of gawk and mawk that make them read commands, or each line of the program, from the input. */
const AWK_PROMPT = /^(-[a-zA-Z]*D|--d(e[a-z]*)?$|interactive|-W(i|interactive)$)/;

/** Returns whether an option such as `-f -` of sed and awk names the input as a program. */
function readsProgram(program: string, args: readonly string[]): boolean {
  const isSed = SED_NAMES.test(program);
  if (!isSed && !AWK_NAMES.test(program)) return false;
  if (!isSed && args.some((arg) => AWK_PROMPT.test(arg))) return true;
  const option = isSed
    ? /^(?:--f[a-z]*(?:=|$)|-[a-zA-Z]*f)(.*)$/s
    : /^(?:--(?:f|ex|incl)[a-z]*(?:=|$)|-[a-zA-Z]*[fEi])(.*)$/s;
  return args.some((arg, at) => {
    const attached = option.exec(arg)?.[1];
    return attached !== undefined && INPUT.test(attached === '' ? (args[at + 1] ?? '') : attached);
  });
}

/** Returns whether it is a shell in `nix run nixpkgs#bash`, or a console without arguments. */
function nixRunsConsole(text: string): boolean {
  const [, name = '', rest] = /^nix run \S*#(\S+)(?: --)?( .*)?$/s.exec(text) ?? [];
  const isConsole = INTERPRETERS.test(name) || CONSOLES.some((each) => each.test(name));
  return SHELLS.has(name) || (isConsole && rest === undefined);
}

/** Options of make whose value is the next word. */
const MAKE_VALUES =
  /^(-[bBdehikmnpqrRsStvw]*[CIoW]|--((include-)?dir(ectory)?|(old|new)-file|assume-(old|new)|what-if))$/;
/** As in `make -j $(nproc)`. */
const CPU_COUNT = /^"?\$\((nproc|(getconf|sysctl) [\w .-]+)\)"?$/;

/** Returns whether `-f "$x"` of make may name the input. The start refuses a makefile that certainly is the input. */
function makefileMayBeInput(program: string, args: readonly Arg[]): boolean {
  if (!/^g?make$/.test(program)) return false;
  const option = /^(-[a-zA-Z]*f|--(f|mak)[a-z]*=?)$/;
  return args.some(({ value, text, beginning, isSingle }, at) => {
    if (value !== undefined || CPU_COUNT.test(text)) return false;
    const before = args[at - 1]?.value ?? '';
    if (isSingle && MAKE_VALUES.test(before)) return false;
    return /^-*$/.test(beginning) || option.test(beginning) || option.test(before);
  });
}

/**
 * Checks that none of the commands of a job runs commands from its input.
 *
 * @throws PolicyRefusal
 */
export function checkInput(commands: readonly FoundCommand[]): void {
  for (const command of commands) {
    // npx and uvx accept a version behind the name.
    const program = programOf(command.words[0]?.value ?? '').replace(/(?<=.)@.*$/, '');
    if (runsInput(program, command))
      throw new PolicyRefusal(
        `The command policy refuses input for ${shown(command.source)}: ${program} may run its input, which cannot ` +
          'be checked. Start the command as a job of its own.',
      );
  }
}

function runsInput(program: string, { words, text, spellings, hasTail }: FoundCommand): boolean {
  // `uv run -` runs `-`.
  if (program === '-') return true;
  const values = words.slice(1).map(({ value }) => value);
  const args = values.map((value = './unknown') => value);
  const texts = [text, ...spellings.map((each) => each.text)].map((each) => each.replace(/^\S+/, program));
  return (
    CONSOLES.some((names) => names.test(program)) ||
    makefileMayBeInput(program, words.slice(1)) ||
    CONTAINERS.test(program) ||
    CONSOLE_COMMANDS.some((pattern) => texts.some((each) => pattern.test(each))) ||
    readsProgram(program, args) ||
    texts.some(nixRunsConsole) ||
    scriptRunsInput(program, values) ||
    // A shell that reads commands does not even start.
    (INTERPRETERS.test(program) && !hasTail && !hasScriptIn(program, args))
  );
}
