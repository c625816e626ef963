import type { FoundCommand } from './command-analysis.ts';
import { PolicyRefusal, shown } from './refusal.ts';
import { SHELLS } from './nested-shells.ts';
import { programOf } from './shell-words.ts';

/** Programs that take commands from their input whatever they are given, if only after a `!` or `\!`. */
const CONSOLES =
  /^(ssh|telnet|ftp|sftp|lftp|gdb|lldb|psql|mysql|mariadb|sqlite3?|mongo|mongosh|ed|ex|vi|vim|view|nvim|emacs|less|more|man|irb|pry|ghci|jshell|iex|erl|gnuplot|octave|dc|tclsh|wish|ipython3?|bpython|ptpython|maxima|gp|sage|docker-compose|su|sudo|doas|expect|make|git)$/;
/** Programs that do so without a script. */
const INTERPRETERS =
  /^(python|pypy|node|nodejs|deno|bun|tsx|ts-node|ruby|perl|php|lua|luajit|r|rscript|julia|scala|clojure|clj|groovy|guile|racket|sbcl|swipl|prolog|ocaml|elixir|awk|gawk|mawk|dart|kotlinc?|swift|osascript|bc)[\d.]*$/;
/** Programs that run another one in a container, or wherever. */
const CONTAINERS = /^(docker|podman|nerdctl|kubectl|oc|lxc|vagrant|wsl|adb)$/;

/** Options of interpreters whose value is the next word, and is no script. */
const VALUE_OPTIONS = /^(-[XWrIC]|--(require|import|loader|env-file|conditions))$/;
/** What reads commands though there is a script. */
const PROMPTS = /^(-[a-zA-Z]*i|--interactive|code|pdb|asyncio|IPython|ptpython|bpython|inspect|debug|repl)$/;

function hasScriptIn(args: readonly string[]): boolean {
  if (args.some((arg) => PROMPTS.test(arg))) return false;
  return args.some((arg, at) => !arg.startsWith('-') && !VALUE_OPTIONS.test(args[at - 1] ?? ''));
}

/**
 * What is sent to a job must not be commands that nobody looks at.
 *
 * @throws PolicyRefusal when one of its commands may read commands from its input
 */
export function checkInput(commands: readonly FoundCommand[]): void {
  for (const { words, source, hasTail } of commands) {
    const program = programOf(words[0]?.value ?? '');
    const hasScript = hasScriptIn(words.slice(1).map(({ value = './unknown' }) => value));
    const reads =
      CONSOLES.test(program) ||
      CONTAINERS.test(program) ||
      ((INTERPRETERS.test(program) || SHELLS.has(program)) && !hasTail && !hasScript);
    if (!reads) continue;
    throw new PolicyRefusal(
      `The command policy refuses input for ${shown(source)}: ${program} may run what it reads, and that is not ` +
        'looked at. Start what is to run as a job of its own.',
    );
  }
}
