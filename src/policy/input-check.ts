import type { FoundCommand } from './command-analysis.ts';
import { CONSOLE_COMMANDS, CONSOLES, CONTAINERS, INTERPRETERS } from './console-programs.ts';
import { SHELLS } from './nested-shells.ts';
import { PolicyRefusal, shown } from './refusal.ts';
import { programOf } from './shell-words.ts';
import { scriptRunsInput } from './text-programs.ts';

/**
 * Options of interpreters after which the next word may be a value and not a script: letters that are not known as
 * flags, and long options of node, deno and bun.
 */
const VALUE_OPTIONS = new RegExp(
  `^(-[^\\W_\\dubBEOPSqswvnhTcemf]|--(${[
    'require|import|loader|preload|conditions|config|cwd|title|env-file(-if-exists)?|input-type|eval|print|localstorage-file',
    'disable-(proto|warning)|dns-result-order|openssl-config|redirect-warnings|secure-heap(-min)?|unhandled-rejections',
    'use-largepages|v8-pool-size|(cpu|heap)-prof-[^=]+|heapsnapshot-[^=]+|[^=]+-dir|[^=]+-uid|[^=]+-timeout|max-[^=]+|snapshot-blob',
    'build-snapshot-config|report-(filename|signal)|test-[^=]+|tls-(cipher-list|keylog)|trace-event-[^=]+|watch-(path|kill-signal)',
    'trace-require-module|experimental-[^=]+-(map|config|filter)',
  ].join('|')}))$`,
);
/** Arguments that start a prompt in spite of a script. */
const PROMPTS =
  /^(-[a-zA-Z]*i|--interactive|(-m)?(code|[ipub]*pdb|pudb|asyncio|IPython|ptpython|bpython)|(-r)?(debug|byebug|pry|irb)|inspect|repl)$/;
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
  const script = args.find(
    (arg, at) => INPUT.test(arg) || (!arg.startsWith('-') && !VALUE_OPTIONS.test(args[at - 1] ?? '')),
  );
  return script !== undefined && !INPUT.test(script);
}

/** Returns whether an option such as `-f -` of sed and awk names the input as a program. */
function readsProgram(program: string, args: readonly string[]): boolean {
  const isSed = /^g?sed$/.test(program);
  if (!isSed && !/^[gmn]?awk$/.test(program)) return false;
  const option = isSed
    ? /^(?:--f[a-z]*(?:=|$)|-[a-zA-Z]*f)(.*)$/s
    : /^(?:--(?:f|ex|incl)[a-z]*(?:=|$)|-[a-zA-Z]*[fEi])(.*)$/s;
  return args.some((arg, at) => {
    const attached = option.exec(arg)?.[1];
    return attached !== undefined && INPUT.test(attached === '' ? (args[at + 1] ?? '') : attached);
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
  const values = words.slice(1).map(({ value }) => value);
  const args = values.map((value = './unknown') => value);
  const texts = [text, ...spellings.map((each) => each.text)].map((each) => each.replace(/^\S+/, program));
  return (
    CONSOLES.some((names) => names.test(program)) ||
    CONTAINERS.test(program) ||
    CONSOLE_COMMANDS.some((pattern) => texts.some((each) => pattern.test(each))) ||
    readsProgram(program, args) ||
    scriptRunsInput(program, values) ||
    ((INTERPRETERS.test(program) || SHELLS.has(program)) && !hasTail && !hasScriptIn(program, args))
  );
}
