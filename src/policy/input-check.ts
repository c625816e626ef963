import type { FoundCommand } from './command-analysis.ts';
import { SHELLS } from './nested-shells.ts';
import { PolicyRefusal, shown } from './refusal.ts';
import { programOf } from './shell-words.ts';

/** Programs that run commands from their input, whatever their arguments are, if only after `!` or `\!`. */
const CONSOLES =
  /^(ssh|telnet|ftp|sftp|lftp|gdb|lldb|psql|mysql|mariadb|sqlite3?|mongo|mongosh|ed|ex|vi|vim|view|nvim|emacs|less|more|man|irb|pry|ghci|jshell|iex|erl|gnuplot|octave|dc|tclsh|wish|ipython3?|bpython|ptpython|maxima|gp|sage|docker-compose|su|sudo|doas|expect|make|git)$/;
/** Programs that do so if they have no script. */
const INTERPRETERS =
  /^(python|pypy|node|nodejs|deno|bun|tsx|ts-node|ruby|perl|php|lua|luajit|r|rscript|julia|scala|clojure|clj|groovy|guile|racket|sbcl|swipl|prolog|ocaml|elixir|awk|gawk|mawk|m4|dart|kotlinc?|swift|osascript|bc)[\d.]*$/;
/** Programs that run another one in a container or on another machine. */
const CONTAINERS = /^(docker|podman|nerdctl|kubectl|oc|lxc|vagrant|wsl|adb)$/;

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
const PROMPTS = /^(-[a-zA-Z]*i|--interactive|code|pdb|asyncio|IPython|ptpython|bpython|inspect|debug|repl)$/;

/** Names of the input of a program, or of a device that may be its input. */
const INPUT = /^(-|\/+(dev|proc)\/.*)$/;

/** Returns whether the first operand is a script, and not the input. */
function hasScriptIn(args: readonly string[]): boolean {
  if (args.some((arg) => PROMPTS.test(arg))) return false;
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
  for (const { words, source, hasTail } of commands) {
    const program = programOf(words[0]?.value ?? '');
    const args = words.slice(1).map(({ value = './unknown' }) => value);
    const runsInput =
      CONSOLES.test(program) ||
      CONTAINERS.test(program) ||
      readsProgram(program, args) ||
      ((INTERPRETERS.test(program) || SHELLS.has(program)) && !hasTail && !hasScriptIn(args));
    if (runsInput)
      throw new PolicyRefusal(
        `The command policy refuses input for ${shown(source)}: ${program} may run its input, which cannot be ` +
          'checked. Start the command as a job of its own.',
      );
  }
}
