import type { OptionSpec } from './program-options.ts';
import type { Wrapper } from './wrapper-programs.ts';

/** A program whose first operand says what it does. */
export interface Program {
  /** Those before that operand. */
  readonly options?: OptionSpec;
  /** An option whose values are settings, and those that cannot name a program. */
  readonly settings?: { readonly option: string; readonly harmless: RegExp };
  /** A folder may stand before the operand. */
  readonly hasFolder?: boolean;
  /** What runs commands. Of others nothing is known, or needed. */
  readonly commands: Commands;
}

type Commands = ReadonlyMap<string, Wrapper | Program>;

/** Commands, each with all its names: blanks part them. */
export function named(
  ...commands: readonly (readonly [names: string, command: Wrapper | Program])[]
): Commands {
  return new Map(
    commands.flatMap(([names, command]) => names.split(' ').map((name) => [name, command] as const)),
  );
}
