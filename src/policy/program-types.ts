import type { Options } from './program-options.ts';

/** Options behind a subcommand, in any place before `--`, that can make it run another program. */
export interface RiskyOptions {
  /** Options whose value is a command line. */
  readonly scripts?: readonly string[];
  /** Options whose value is a setting, and a pattern of settings that cannot name a program. */
  readonly settings?: { readonly names: readonly string[]; readonly harmless: RegExp };
  /** Options that name a program, or a file that may do so. */
  readonly programs?: readonly string[];
  /** One dash is as good as two, as with nopt. */
  readonly hasOneDash?: boolean;
  /** Options that are not abbreviations of the others. */
  readonly harmless?: Options;
  /** Refuses words that are known only at run time, since each may be one of the options. */
  readonly isStrict?: boolean;
}

/** A program that runs another one. The words after its options are that command. */
export interface Wrapper {
  readonly options?: Options;
  /** Number of words between the options and the command. */
  readonly operands?: number;
  /** Options may also follow the operands and the assignments. */
  readonly hasLateOptions?: boolean;
  /** Words that may precede the command. */
  readonly skips?: RegExp;
  /** What may precede the name of the command in its word. */
  readonly prefix?: RegExp;
  /** The command follows the first word like this. Nothing runs without it. */
  readonly follows?: RegExp;
  /** `NAME=value` may precede the command. */
  readonly hasAssignments?: boolean;
  /** A shell reads all words of the command, joined; or the first one, with the others as its arguments. */
  readonly shellReads?: 'all' | 'first';
  /** Options with which a shell reads all words. */
  readonly shellReadsWith?: readonly string[];
  /** Options with which no shell reads the words. */
  readonly noShellWith?: readonly string[];
  /** Options whose value is a command line that runs in place of the words. */
  readonly scripts?: readonly string[];
  /** The words run, too. */
  readonly hasScriptsBeside?: boolean;
  /** Nothing runs except what these options name, and what `follows` finds. */
  readonly risky?: RiskyOptions;
  /** Options whose value is a command line if it begins with `|` or `!`. */
  readonly pipes?: readonly string[];
  /** Options that set a variable for the command: `NAME=value`. */
  readonly variables?: readonly string[];
  /** The words are arguments of this program. */
  readonly runsAs?: string;
  /** The policy cannot check what it runs. */
  readonly isOpaque?: boolean;
  /** Options with which the policy cannot check what it runs. */
  readonly opaqueOptions?: readonly string[];
  /** Without a command, it starts a shell. */
  readonly startsShell?: boolean;
  /** Unknown words follow the command. */
  readonly hasTail?: boolean;
}

/** A program whose first operand names what it does. */
export interface Suite {
  /** Options before the subcommand. */
  readonly options?: Options;
  /** The policy does not know all options. Each other one may take the next word as its value. */
  readonly hasUnknownOptions?: boolean;
  /** An option whose values are settings, and a pattern of settings that cannot name a program. */
  readonly settings?: { readonly option: string; readonly harmless: RegExp };
  /** Options that all subcommands accept. */
  readonly risky?: RiskyOptions;
  /**
   * Each operand names something to do. `all`: each is like a command of its own. `some`: it may also be an argument of
   * the operand before it.
   */
  readonly targets?: 'all' | 'some';
  /** A folder may precede the subcommand. */
  readonly hasFolder?: boolean;
  /** Full names of subcommands, by their other names. */
  readonly names?: ReadonlyMap<string, string>;
  /** A version may follow a subcommand: `corepack yarn@1`. */
  readonly hasVersions?: boolean;
  /** The beginning of a name in `names` is enough. */
  readonly hasAbbreviations?: boolean;
  /** Subcommands that run other commands or have subcommands, by full name. */
  readonly subcommands: ReadonlyMap<string, Wrapper | Suite>;
}

/** Makes a table in which spaces separate the names of one entry. */
export function table<Entry>(entries: Readonly<Record<string, Entry>>): ReadonlyMap<string, Entry> {
  return new Map(
    Object.entries(entries).flatMap(([names, entry]) => names.split(' ').map((name) => [name, entry])),
  );
}

/** Reads full names of subcommands, each followed by its other names: `install=add,i test=t`. */
export function fullNames(list: string): ReadonlyMap<string, string> {
  return new Map(
    list.split(/\s+/).flatMap((token) => {
      const [full = '', ...others] = token.split(/[=,]/);
      return [full, ...others].map((name) => [name, full] as const);
    }),
  );
}

/** A program of which the policy only knows that its first operand names what it does. */
export const UNDECLARED: Suite = { hasUnknownOptions: true, subcommands: new Map() };
