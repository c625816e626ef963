import { canChangeCommands } from './interpreter-variables.ts';
import { type PolicyRefusal, refused, unclear } from './refusal.ts';

/** Integer variables of bash. Assigning to them calculates. */
const INTEGERS = /^(RANDOM|SRANDOM|SECONDS|LINENO|OPTIND|HISTCMD|EPOCHSECONDS|BASHPID|BASH_SUBSHELL)$/;

const NAME = /^[A-Za-z_]\w*$/;

/**
 * Records which variables a command line sets, and which it calculates with. Bash calculates with the value of `x` as
 * with a formula, and runs each `$(…)` in its subscripts (Bash manual, Shell Arithmetic). A variable that may hold a
 * text must therefore not be part of a calculation.
 */
export class Variables {
  readonly #texts = new Set<string>();
  readonly #calculated = new Map<string, string>();
  readonly #arrays = new Set<string>();
  readonly #byWord = new Map<string, string>();
  readonly #reliedOn = new Map<string, string>();
  readonly #asWords = new Map<string, { readonly part: string; readonly help: string }>();

  /**
   * @param isNumber whether the value certainly is a number or empty
   * @param part the part of the command line that messages show
   * @throws PolicyRefusal if the variable must not be set
   */
  set(name: string, isNumber: boolean, part: string): void {
    if (!NAME.test(name)) throw unclear(part, 'the variable that it sets is known only at run time');
    if (canChangeCommands(name)) throw controlsPrograms(name, part);
    if (isNumber) return;
    if (INTEGERS.test(name)) throw calculation(part);
    this.#texts.add(name);
  }

  /** @throws PolicyRefusal if a variable must not lose its value: without PATH, bash runs programs of the folder */
  unset(name: string, part: string): void {
    if (name === 'PATH') throw controlsPrograms(name, part);
  }

  /** Records a variable that is or may become an array. */
  setArray(name: string): void {
    this.#arrays.add(name);
  }

  /**
   * Records a variable that is set by a word such as `declare x="…"`. If it is an array, bash parses the value and runs
   * each `$(…)` in it.
   */
  setByWord(name: string, part: string): void {
    this.#byWord.set(name, part);
  }

  /** Records a variable whose value must be what the shell sets it to. */
  relyOn(name: string, part: string): void {
    this.#reliedOn.set(name, part);
  }

  /** Records a variable whose value must not be an option or an operator. @param help what to do if it may be */
  readAsWord(name: string, part: string, help: string): void {
    this.#asWords.set(name, { part, help });
  }

  /**
   * Records the variables in a formula. Each may be assigned to, as in `((x = 1))`, also by another piece of the formula.
   *
   * @param formula a formula or a piece of one; undefined if it is unknown
   * @throws PolicyRefusal
   */
  calculate(formula: string | undefined, part: string): void {
    if (formula === undefined || /[$`\\]/.test(formula)) throw calculation(part);
    for (const [name] of formula.matchAll(/(?<![\w#@])[A-Za-z_]\w*/g)) {
      if (canChangeCommands(name)) throw controlsPrograms(name, part);
      this.#calculated.set(name, part);
    }
  }

  /** Checks the variables after the whole command line was read. @throws PolicyRefusal */
  check(): void {
    for (const [name, part] of this.#calculated) if (this.#texts.has(name)) throw calculation(part);
    for (const [name, part] of this.#byWord)
      if (this.#arrays.has(name))
        throw unclear(part, 'bash parses the value of an array at run time', 'Use name=(…).');
    for (const [name, { part, help }] of this.#asWords)
      if (this.#texts.has(name)) throw unclear(part, 'its value may be an option or an operator', help);
    for (const [name, part] of this.#reliedOn)
      if (this.#texts.has(name)) throw unclear(part, `the command line sets ${name}`, 'Write the path out.');
  }
}

function controlsPrograms(name: string, part: string): PolicyRefusal {
  return refused(part, `the variable ${name} can change what a command runs`, 'Leave it out.');
}

function calculation(part: string): PolicyRefusal {
  return unclear(
    part,
    'it calculates with a text that is known only at run time, and bash runs commands in such a text',
    'Calculate with numbers, or with variables that are set to numbers.',
  );
}

/** Returns whether a value certainly is a number or empty. Arithmetic evaluates nothing in it. */
export function isNumber(value: string | undefined): boolean {
  return value !== undefined && /^(-?\d+)?$/.test(value);
}

/** Checks that a text is a name and nothing more. Bash runs commands in a subscript. @throws PolicyRefusal */
export function checkVariableName(name: string | undefined, part: string): void {
  if (name === undefined || !/^\w+$/.test(name))
    throw unclear(part, 'the name of the variable is known only at run time', 'Name a variable.');
}

/** Checks the environment that a caller gives to a job. @throws PolicyRefusal */
export function checkEnvironment(env: Readonly<Record<string, string>>, variables: Variables): void {
  for (const [name, value] of Object.entries(env)) {
    // A shell cannot read other names, but bash imports functions from names such as BASH_FUNC_f%%.
    if (NAME.test(name) || canChangeCommands(name))
      variables.set(name.replace(/\W.*$/, ''), isNumber(value), name);
  }
}
