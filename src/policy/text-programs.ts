/**
 * Whether sed and awk run what they read. Their scripts are not checked for denied commands, but a script can turn
 * the input into commands.
 */

/** Options that name the script, and others that take a value, which may be in the next word. */
interface Syntax {
  readonly script: RegExp;
  readonly file: RegExp;
  readonly value: RegExp;
  readonly runsInput: (script: string) => boolean;
}

/** The group holds a value in the same word. */
const SED: Syntax = {
  script: /^(?:--e[a-z]*(?:=|$)|-[nErsuzb]*e)(.*)$/s,
  file: /^(?:--f[a-z]*(?:=|$)|-[nErsuzb]*f)(.*)$/s,
  value: /^(?:--li[a-z-]*(?:=|$)|-[nErsuzb]*l)(.*)$/s,
  runsInput: sedRunsInput,
};
const AWK: Syntax = {
  script: /^(?:--so[a-z]*(?:=|$)|-e)(.*)$/s,
  file: /^(?:--(?:fil|ex)[a-z]*(?:=|$)|-[fE])(.*)$/s,
  value: /^(?:--(?:fie|as|in|lo)[a-z-]*(?:=|$)|-[Fvil])(.*)$/s,
  runsInput: awkRunsCommands,
};

export const SED_NAMES = /^g?sed$/;
export const AWK_NAMES = /^([gmn]|original-|bw)?awk$/;

function syntaxOf(program: string): Syntax | undefined {
  if (SED_NAMES.test(program)) return SED;
  return AWK_NAMES.test(program) ? AWK : undefined;
}

/**
 * Returns whether a script in the arguments of sed or awk can run the input.
 *
 * @param args the arguments, of which some may be known only at run time
 */
export function scriptRunsInput(program: string, args: readonly (string | undefined)[]): boolean {
  const syntax = syntaxOf(program);
  if (syntax === undefined) return false;
  // A script that is known only at run time may be anything.
  const mayRun = (script: string | undefined): boolean => script === undefined || syntax.runsInput(script);
  let hasScript = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    const script = syntax.script.exec(arg ?? '')?.[1];
    const value = script ?? syntax.file.exec(arg ?? '')?.[1] ?? syntax.value.exec(arg ?? '')?.[1];
    if (value === '') at++;
    if (script !== undefined && mayRun(script === '' ? args[at] : script)) return true;
    if (script !== undefined || syntax.file.test(arg ?? '')) hasScript = true;
    // An empty word is the suffix after -i on macOS.
    if (value !== undefined || arg === '' || /^-./.test(arg ?? '')) continue;
    return !hasScript && mayRun(arg);
  }
  return false;
}

/** A bracket expression, as in `[]/]`. It can be read in one way only, so that matching takes linear time. */
const BRACKETS = String.raw`\[(?:\^?\][^\]]*\]|(?!\^?\])[^\]]+\])`;

/** A text up to the delimiter in the first group. Each backslash escapes a character. */
const DELIMITED = String.raw`(?:\\[^]|(?!\1)[^\\])*\1`;

/** The same for a pattern. Brackets may contain the delimiter. */
const PATTERN = String.raw`(?:\\[^]|${BRACKETS}|(?!\1)[^\\[])*\1`;

/** Parts of a script for sed that do not run anything (manual of GNU sed). */
const SED_PARTS: readonly RegExp[] = [
  /[\s;{}!,\d~+$]+/y,
  // Addresses.
  new RegExp(String.raw`(/)${PATTERN}[IM]*`, 'y'),
  new RegExp(String.raw`\\([^\n])${PATTERN}[IM]*`, 'y'),
  new RegExp(String.raw`y([^\s\\])${DELIMITED}${DELIMITED}`, 'y'),
  // Without the flag e.
  new RegExp(String.raw`s([^\s\\])${PATTERN}${DELIMITED}[gpiImM\d]*(?:w[^\n]*|(?=[\s;}#]|$))`, 'y'),
  // Texts, names of files, and comments.
  /[aicrRwW#](?:\\[^]|[^\n\\])*/y,
  // Labels.
  /[bTtv:][ \t]*[^\n;}]*/y,
  /[=dDgGhHnNpPxzFlLqQ]/y,
];

/** Returns whether a script for sed has the command or the flag `e`, or a part that is unknown. */
function sedRunsInput(script: string): boolean {
  let at = 0;
  while (at < script.length) {
    const length = SED_PARTS.map((part) => lengthAt(part, script, at)).find((each) => each > 0);
    if (length === undefined) return true;
    at += length;
  }
  return false;
}

function lengthAt(part: RegExp, text: string, at: number): number {
  part.lastIndex = at;
  return part.exec(text)?.[0].length ?? 0;
}

/** Texts, comments and patterns in a program for awk. A pattern stands where a value may begin. */
const AWK_CONSTANTS = new RegExp(
  String.raw`"(?:\\[^]|[^\\"])*"|#[^\n]*|(?<=(?:^|[~!(,{};&|\n]|return)\s{0,9})/(?:\\.|${BRACKETS}|[^\\/[\n])+/`,
  'g',
);

/** Returns whether a program for awk passes a text to a shell: by system(), a pipe, or an indirect call. */
function awkRunsCommands(program: string): boolean {
  return /\bsystem\s*\(|@\w+\s*\(|(?<!\|)\|(?!\|)/.test(program.replace(AWK_CONSTANTS, '""'));
}
