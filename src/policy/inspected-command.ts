import type { Arg } from './shell-words.ts';
import type { Dialect } from './syntax-walk.ts';
import type { Variables } from './variable-assignments.ts';

/** A simple command during its inspection. Inspectors report what it runs in turn. */
export interface InspectedCommand {
  /** The name of the command and its arguments. */
  readonly words: readonly Arg[];
  /** The part of the command line that the command comes from. */
  readonly source: string;
  readonly dialect: Dialect;
  /** Whether unknown words follow, as after `xargs`. */
  readonly hasTail: boolean;
  readonly variables: Variables;
  /** Reports words that run as a command. @throws PolicyRefusal */
  readonly runs: (words: readonly Arg[], hasTail?: boolean) => void;
  /** Reports a text that a shell reads as a command line, by default the same shell. @throws PolicyRefusal */
  readonly runsScript: (script: Arg | undefined, dialect?: Dialect) => void;
  /** Reports the same command without its options, or with the full name of its subcommand. */
  readonly isAlso: (spelling: Spelling) => void;
}

/** Another way to write a command. */
export interface Spelling {
  readonly words: readonly Arg[];
  /** Whether it is the same command for certain. Otherwise only the denied patterns apply to it. */
  readonly isCertain: boolean;
}
