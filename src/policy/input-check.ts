import type { FoundCommand } from './command-analysis.ts';
import { SHELLS } from './nested-shells.ts';
import { PolicyRefusal, shown } from './refusal.ts';
import { programOf } from './shell-words.ts';

/** Programs that run commands from their input, whatever their arguments are, if only after `!` or `\!`. */
const CONSOLES =
  /^(ssh|telnet|ftp|sftp|lftp|gdb|lldb|psql|mysql|mariadb|sqlite3?|mongo|mongosh|ed|ex|vi|vim|view|nvim|emacs|less|more|man|irb|pry|ghci|jshell|iex|erl|gnuplot|octave|dc|tclsh|wish|ipython3?|bpython|ptpython|maxima|gp|sage|docker-compose|su|sudo|doas|expect|make|git)$/;
/** Programs that do so if they have no script. */
const INTERPRETERS =
  /^(python|pypy|node|nodejs|deno|bun|tsx|ts-node|ruby|perl|php|lua|luajit|r|rscript|julia|scala|clojure|clj|groovy|guile|racket|sbcl|swipl|prolog|ocaml|elixir|awk|gawk|mawk|dart|kotlinc?|swift|osascript|bc)[\d.]*$/;
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

function hasScriptIn(args: readonly string[]): boolean {
  if (args.some((arg) => PROMPTS.test(arg))) return false;
  return args.some((arg, at) => !arg.startsWith('-') && !VALUE_OPTIONS.test(args[at - 1] ?? ''));
}

/**
 * Checks that none of the commands of a job runs commands from its input.
 *
 * @throws PolicyRefusal
 */
export function checkInput(commands: readonly FoundCommand[]): void {
  for (const { words, source, hasTail } of commands) {
    const program = programOf(words[0]?.value ?? '');
    const hasScript = hasScriptIn(words.slice(1).map(({ value = './unknown' }) => value));
    const runsInput =
      CONSOLES.test(program) ||
      CONTAINERS.test(program) ||
      ((INTERPRETERS.test(program) || SHELLS.has(program)) && !hasTail && !hasScript);
    if (runsInput)
      throw new PolicyRefusal(
        `The command policy refuses input for ${shown(source)}: ${program} may run its input, which cannot be ` +
          'checked. Start the command as a job of its own.',
      );
  }
}
