import type { FoundCommand } from './command-analysis.ts';
import type { CommandLists, PatternList } from './command-lists.ts';
import { PolicyRefusal, shown } from './refusal.ts';

interface Pattern {
  readonly source: string;
  readonly expression: RegExp;
}

/** The lists, ready to be matched. */
export interface Patterns {
  readonly allowed: readonly Pattern[];
  readonly denied: readonly Pattern[];
}

/** @throws PolicyRefusal for a list that cannot be used as it stands: to leave out an entry could let too much run */
export function compile({ allowed, denied, problem }: CommandLists): Patterns {
  if (problem !== undefined) throw new PolicyRefusal(`The command policy lets nothing run. ${problem}`);
  return { allowed: compileList(allowed), denied: compileList(denied) };
}

function compileList({ name, patterns }: PatternList): Pattern[] {
  if (patterns === undefined || patterns === null) return [];
  if (!Array.isArray(patterns)) {
    throw new PolicyRefusal(
      `${name} is no list of regular expressions. No command runs until it is corrected: write ["^npm "].`,
    );
  }
  return patterns.map((source: unknown) => compilePattern(name, source));
}

function compilePattern(name: string, source: unknown): Pattern {
  const refuse = (why: string): never => {
    throw new PolicyRefusal(
      `${name} has an entry that cannot be used: ${why}. No command runs until it is corrected or removed.`,
    );
  };
  if (typeof source !== 'string') return refuse(`${JSON.stringify(source)} is no text`);
  if (source.trim() === '') return refuse(`${JSON.stringify(source)} would match every command`);
  try {
    return { source, expression: new RegExp(source, 'i') };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @throws PolicyRefusal that names the part and the pattern */
export function match({ allowed, denied }: Patterns, lists: CommandLists, command: FoundCommand): void {
  const { text, source } = command;
  const part = source === text ? shown(text) : `${shown(text)} (in ${shown(source)})`;
  const isDenied = (pattern: Pattern): boolean =>
    deniedForms(command).some((form) => pattern.expression.test(form));
  const reason = denied.find(isDenied);
  if (reason !== undefined) {
    throw new PolicyRefusal(
      `The command policy refuses ${part}: ${lists.denied.name} has /${reason.source}/, which matches it. ` +
        'Do without it, or have that list changed.',
    );
  }
  if (allowed.length > 0 && !allowed.some(({ expression }) => expression.test(text))) {
    throw new PolicyRefusal(
      `The command policy refuses ${part}: nothing in ${lists.allowed.name} matches it. ` +
        'Use a command that is allowed, or have that list changed.',
    );
  }
}

/** Without its folder, too: /bin/rm is rm. */
function deniedForms({ text, words }: FoundCommand): string[] {
  const name = words[0]?.value ?? '';
  return [text, text.slice(name.lastIndexOf('/') + 1)];
}
