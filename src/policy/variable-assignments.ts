import { PolicyRefusal, shown, unclear } from './refusal.ts';
import { isSteering } from './interpreter-variables.ts';

/** Variables of bash that are integers: what is assigned to them is calculated. */
const INTEGERS = /^(RANDOM|SRANDOM|SECONDS|LINENO|OPTIND|HISTCMD|EPOCHSECONDS|BASHPID|BASH_SUBSHELL)$/;

const NAME = /^[A-Za-z_]\w*$/;

/**
 * The variables of a command line: which are set, and which are calculated with. Bash calculates with the value of
 * `x` as a formula of its own, and runs the `$(…)` in the subscripts it finds there: a text in a variable must not
 * get into a calculation (Bash manual, Shell Arithmetic).
 */
export class Variables {
  readonly #texts = new Set<string>();
  readonly #calculated = new Map<string, string>();
  readonly #arrays = new Set<string>();
  readonly #byWord = new Map<string, string>();

  /**
   * @param isNumber whether the value certainly is a number, or empty
   * @param part of the command line, for messages
   * @throws PolicyRefusal when the variable must not be set
   */
  set(name: string, isNumber: boolean, part: string): void {
    if (!NAME.test(name)) throw unclear(part, 'which variable it sets is known only when it runs');
    if (isSteering(name)) {
      throw new PolicyRefusal(
        `The command policy refuses ${shown(part)}: the variable ${name} can change what a command runs. ` +
          'Leave it out.',
      );
    }
    if (isNumber) return;
    if (INTEGERS.test(name)) throw calculation(part);
    this.#texts.add(name);
  }

  /** An array, or what may become one. */
  setArray(name: string): void {
    this.#arrays.add(name);
  }

  /**
   * Set by a word such as `declare x="…"`: to an array bash gives what it reads in that word, and runs the `$(…)` that
   * it finds there.
   */
  setByWord(name: string, part: string): void {
    this.#byWord.set(name, part);
  }

  /** @param formula or a piece of one; undefined when it is not known @throws PolicyRefusal */
  calculate(formula: string | undefined, part: string): void {
    if (formula === undefined || /[$`\\]/.test(formula)) throw calculation(part);
    for (const [name] of formula.matchAll(/(?<![\w#@])[A-Za-z_]\w*/g)) this.#calculated.set(name, part);
  }

  /** To be called when all of a command line was seen. @throws PolicyRefusal */
  check(): void {
    for (const [name, part] of this.#calculated) if (this.#texts.has(name)) throw calculation(part);
    for (const [name, part] of this.#byWord) {
      if (this.#arrays.has(name))
        throw unclear(part, 'what an array gets is read when it runs', 'Use name=(…).');
    }
  }
}

function calculation(part: string): PolicyRefusal {
  return unclear(
    part,
    'it calculates with a text that is known only when it runs, and bash runs commands in such a text',
    'Calculate with numbers, or with variables that are set to numbers.',
  );
}

/** Whether a value certainly is a number, or empty: arithmetic has nothing to look up in it. */
export function isNumber(value: string | undefined): boolean {
  return value !== undefined && /^(-?\d+)?$/.test(value);
}

/** The environment that a job is given by its caller. @throws PolicyRefusal */
export function checkEnvironment(env: Readonly<Record<string, string>>, variables: Variables): void {
  for (const [name, value] of Object.entries(env)) {
    // Others no shell can see; but a function of bash comes in a variable such as BASH_FUNC_f%%.
    if (NAME.test(name) || isSteering(name)) variables.set(name.replace(/\W.*$/, ''), isNumber(value), name);
  }
}
