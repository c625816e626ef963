import { quote } from '../base/quoted-text.ts';
import type { FoundCommand } from './command-analysis.ts';
import { type CommandLists, type PatternList, PROGRESS_LISTS } from './command-policy.ts';
import { PolicyRefusal, refused, shown } from './refusal.ts';
import { programOf } from './shell-words.ts';

interface Pattern {
  readonly source: string;
  readonly expression: RegExp;
}

interface Patterns {
  readonly allowed: readonly Pattern[];
  readonly denied: readonly Pattern[];
}

/** @throws PolicyRefusal for an invalid list. To ignore an entry could allow too much. */
export function compile({ allowed, denied, problem }: CommandLists): Patterns {
  if (problem !== undefined) throw new PolicyRefusal(`The command policy allows no command. ${problem}`);
  return { allowed: compileList(allowed), denied: compileList(denied) };
}

function compileList({ name, patterns }: PatternList): Pattern[] {
  if (patterns === undefined || patterns === null) return [];
  if (!Array.isArray(patterns))
    throw new PolicyRefusal(
      `${name} is not a list of regular expressions. No command runs until it is corrected: write ["^npm "].`,
    );
  return patterns.map((source: unknown) => compilePattern(name, source));
}

function compilePattern(name: string, source: unknown): Pattern {
  const refuse = (why: string): never => {
    throw new PolicyRefusal(
      `${name} has an invalid entry: ${why}. No command runs until it is corrected or removed.`,
    );
  };
  if (typeof source !== 'string') return refuse(`${JSON.stringify(source)} is not a string`);
  if (source.trim() === '') return refuse(`${quote(source)} would match every command`);
  try {
    return { source, expression: new RegExp(source, 'i') };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param progress see `Question`
 * @throws PolicyRefusal that names the part and the pattern
 */
export function match(
  { allowed, denied }: Patterns,
  lists: CommandLists,
  command: FoundCommand,
  progress?: Int32Array,
): void {
  const { text, source, spellings } = command;
  const refuse = (why: string, advice: string) =>
    refused(text, why, advice, source === text ? '' : ` (in ${shown(source)})`);
  for (const form of deniedForms(command)) {
    const reason = denied.find(({ expression }, index) => {
      progress?.set([PROGRESS_LISTS.denied, index]);
      return expression.test(form);
    });
    if (reason === undefined) continue;
    const as = form === text ? '' : ` as ${shown(form)}`;
    throw refuse(
      `${lists.denied.name} has /${reason.source}/, which matches it${as}`,
      'Do without it, or ask the user to change that list.',
    );
  }
  const allowedForms = [text, ...spellings.filter(({ isCertain }) => isCertain).map((each) => each.text)];
  if (allowed.length === 0) return;
  const isAllowed = (form: string): boolean =>
    allowed.some(({ expression }, index) => {
      progress?.set([PROGRESS_LISTS.allowed, index]);
      return expression.test(form);
    });
  if (allowedForms.some(isAllowed)) return;
  throw refuse(
    `nothing in ${lists.allowed.name} matches it`,
    'Use an allowed command, or ask the user to change that list.',
  );
}

/** Returns each spelling as it is, and with the program for its path: `/bin/rm` is `rm`. */
function deniedForms({ text, words, spellings }: FoundCommand): string[] {
  const name = words[0]?.value ?? '';
  const program = programOf(name);
  const forms = [text, ...spellings.map((each) => each.text)];
  return [
    ...forms,
    ...forms.filter((form) => form.startsWith(name)).map((form) => program + form.slice(name.length)),
  ];
}
