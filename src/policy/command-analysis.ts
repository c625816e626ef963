import type { InspectedCommand, Spelling } from './inspected-command.ts';
import { inspectShell, SHELLS } from './nested-shells.ts';
import { inspectProgram } from './program-inspection.ts';
import { refused, unclear } from './refusal.ts';
import { inspectBuiltin } from './shell-builtins.ts';
import { type Arg, certain, programOf } from './shell-words.ts';
import { type Dialect, type SimpleCommand, walk } from './syntax-walk.ts';
import { Variables } from './variable-assignments.ts';
import { OPAQUE_PROGRAMS } from './wrapper-programs.ts';

/** How many programs may each run the next one. */
const MAX_DEPTH = 50;
/** How many spellings a command may have. Each is a copy of its text. */
const MAX_SPELLINGS = 100;

/** A simple command that a command line runs, directly or through another command. */
export interface FoundCommand {
  readonly words: readonly Arg[];
  /** The command from its first word, without quotes where the value is certain. */
  readonly text: string;
  /** The part of the command line that the command comes from. */
  readonly source: string;
  readonly hasTail: boolean;
  /** The programs and builtins that run it, from the outside in. */
  readonly runners: readonly string[];
  /** Other texts for the same command. */
  readonly spellings: readonly { readonly text: string; readonly isCertain: boolean }[];
}

/**
 * Finds all simple commands that a command line runs.
 *
 * @throws PolicyRefusal if something cannot be read or is known only at run time
 */
export class Analysis {
  readonly variables = new Variables();
  readonly commands: FoundCommand[] = [];
  readonly #mayBeOldBash: boolean;
  /** The programs that run the command to inspect. */
  readonly #runners: string[] = [];

  /** @param mayBeOldBash whether the shell may be bash 3.2 */
  constructor(mayBeOldBash: boolean) {
    this.#mayBeOldBash = mayBeOldBash;
  }

  read(text: string, dialect: Dialect): void {
    walk(text, dialect, {
      variables: this.variables,
      mayBeOldBash: this.#mayBeOldBash,
      onCommand: (command) => this.#add(command, dialect),
    });
  }

  #add({ words, source }: SimpleCommand, dialect: Dialect): void {
    if (words.length > 0) this.#inspect(words, source, dialect, false);
    // A part without a command, such as `> file`, is matched as written.
    else
      this.commands.push({
        words,
        text: source,
        source,
        hasTail: false,
        runners: [...this.#runners],
        spellings: [],
      });
  }

  #inspect(words: readonly Arg[], source: string, dialect: Dialect, hasTail: boolean): void {
    const name = words[0]?.value;
    if (name === undefined)
      throw unclear(words[0]?.text ?? source, 'the name of the command is known only at run time');
    // A name with a space would look like a command with arguments.
    if (name === '' || /[\s\p{C}]/u.test(name))
      throw unclear(source, 'the name of the command contains white space or is empty');
    const spellings: { text: string; isCertain: boolean }[] = [];
    const text = textOf(words, hasTail);
    this.commands.push({ words, text, source, hasTail, runners: [...this.#runners], spellings });
    // npx, uvx and corepack accept a version behind the name.
    const plain = name.replace(/(?<=[^/@])(@|==)[^/]*$/, '');
    if (plain !== name)
      spellings.push({ text: textOf([certain(plain), ...words.slice(1)], hasTail), isCertain: false });
    const program = programOf(plain);
    // The dynamic loader runs the program that it is given (ld.so(8)).
    if (OPAQUE_PROGRAMS.has(program) || /^ld(-linux.*)?\.so/.test(program))
      throw refused(source, `${program} runs commands that cannot be checked`, 'Run them without it.');
    const command: InspectedCommand = {
      words,
      source,
      dialect,
      hasTail,
      variables: this.variables,
      runs: (inner, innerTail = hasTail) => {
        // The program may read it as an option of its own, and the word behind it as the command.
        if (/^[-+]./.test(inner[0]?.beginning ?? ''))
          throw unclear(source, `${inner[0]?.text ?? ''} may be an option, or the command that it runs`);
        this.#inspect(inner, source, dialect, innerTail);
      },
      runsScript: (script, innerDialect = dialect) => {
        if (script?.value === undefined)
          throw unclear(source, 'the command line that it passes to a shell is known only at run time');
        this.read(script.value, innerDialect);
      },
      isAlso: ({ words: others, isCertain }: Spelling) => {
        if (spellings.length >= MAX_SPELLINGS) throw unclear(source, 'it has too many options', 'Use fewer.');
        const spelling = textOf(others, hasTail);
        if (spelling !== text) spellings.push({ text: spelling, isCertain });
      },
    };
    if (this.#runners.push(program) > MAX_DEPTH)
      throw unclear(source, 'it is nested too deeply', 'Simplify it.');
    if (SHELLS.has(program)) inspectShell(program, command);
    else if (!inspectProgram(program, command)) inspectBuiltin(program, command);
    this.#runners.pop();
  }
}

function textOf(words: readonly Arg[], hasTail: boolean): string {
  const text = words.map((word) => word.text).join(' ');
  return hasTail ? `${text} …` : text;
}
