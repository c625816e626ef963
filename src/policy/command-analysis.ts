import { checkBuiltin } from './shell-builtins.ts';
import { PolicyRefusal, shown, unclear } from './refusal.ts';
import { readShell, SHELLS } from './nested-shells.ts';
import { unwrap } from './command-wrapping.ts';
import { Variables } from './variable-assignments.ts';
import { walk, type Dialect, type SimpleCommand } from './syntax-walk.ts';
import { programOf, type Arg } from './shell-words.ts';
import { OPAQUE } from './wrapper-programs.ts';

/** How many programs may each run the next. */
const MAX_DEPTH = 50;

/** A simple command that will run, in a command line or through a command in it. */
export interface FoundCommand {
  readonly words: readonly Arg[];
  /** From its first word, without quotes where they are certain; the whole part when it has no words. */
  readonly text: string;
  /** The part of the command line that it comes from. */
  readonly source: string;
  /** More words follow that nobody knows yet, as after `xargs`. */
  readonly hasTail: boolean;
}

/** What looks into a command is told what that runs. */
export interface Runs {
  readonly variables: Variables;
  /** Words that will run as a command. @throws PolicyRefusal */
  words(words: readonly Arg[], hasTail?: boolean): void;
  /** A text that a shell will read. @throws PolicyRefusal */
  text(text: Arg | undefined, dialect?: Dialect): void;
}

/**
 * Finds all simple commands that a command line runs.
 *
 * @throws PolicyRefusal for what cannot be read, or is known only when it runs
 */
export class Analysis {
  readonly variables = new Variables();
  readonly commands: FoundCommand[] = [];
  readonly #mayBeOld: boolean;
  #depth = 0;

  /** @param mayBeOld whether the shell may be bash 3.2 */
  constructor(mayBeOld: boolean) {
    this.#mayBeOld = mayBeOld;
  }

  read(text: string, dialect: Dialect): void {
    walk(text, dialect, {
      variables: this.variables,
      mayBeOld: this.#mayBeOld,
      command: (command) => this.#command(command, dialect),
    });
  }

  #command({ words, source }: SimpleCommand, dialect: Dialect): void {
    if (words.length === 0) {
      this.commands.push({ words, text: source, source, hasTail: false });
      return;
    }
    this.#run(words, source, dialect, false);
  }

  #run(words: readonly Arg[], source: string, dialect: Dialect, hasTail: boolean): void {
    const name = words[0]?.value;
    if (name === undefined)
      throw unclear(words[0]?.text ?? source, 'which command it is is known only when it runs');
    // A name with a blank in it would look like a command with arguments.
    if (name === '' || /[\s\p{C}]/u.test(name))
      throw unclear(source, 'the name of the command has blanks in it');
    const text = words.map(({ text }) => text).join(' ');
    this.commands.push({ words, text: hasTail ? `${text} …` : text, source, hasTail });
    const program = programOf(name);
    // The loader of the system runs whatever program it is given (ld.so(8)).
    if (OPAQUE.has(program) || /^ld(-linux.*)?\.so/.test(program)) {
      throw new PolicyRefusal(
        `The command policy refuses ${shown(source)}: ${program} runs commands that cannot be looked at. ` +
          'Run them without it.',
      );
    }
    const runs: Runs = {
      variables: this.variables,
      words: (inner, innerTail = hasTail) => this.#run(inner, source, dialect, innerTail),
      text: (text, innerDialect = dialect) => this.#text(text, source, innerDialect),
    };
    if (++this.#depth > MAX_DEPTH) throw unclear(source, 'it is nested too deeply', 'Write it more simply.');
    if (SHELLS.has(program)) readShell(program, words, source, runs);
    else if (!unwrap(program, words, source, hasTail, runs)) checkBuiltin(program, words, source, runs);
    this.#depth--;
  }

  #text(text: Arg | undefined, source: string, dialect: Dialect): void {
    if (text?.value === undefined) {
      throw unclear(source, 'the command line that it hands to a shell is known only when it runs');
    }
    this.read(text.value, dialect);
  }
}
