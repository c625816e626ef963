import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { Analysis, type FoundCommand } from './command-analysis.ts';
import type { Approval, ApprovalQuestion } from './command-policy.ts';
import { SHELLS } from './nested-shells.ts';
import { PolicyRefusal } from './refusal.ts';
import { programOf, valueOf } from './shell-words.ts';
import { type CompiledRules, compileRules, npmScriptOf } from './terminal-rules.ts';

/**
 * Decides whether the rules of the user approve a command line. Each simple command must be approved, also those that
 * another one runs, and none may be denied. In doubt, the user is asked.
 */
export function judgeApproval(question: ApprovalQuestion): Approval {
  const { command, shell, rules, platform = process.platform } = question;
  const compiled = compileRules(rules);
  const line = command.trimStart();
  const [broken] = compiled.broken;
  if (broken !== undefined) return ask(`the rule \`${broken}\` is not a regular expression`);
  const dialect = SHELLS.get(programOf(shell));
  if (dialect === undefined) return ask(`command lines of ${programOf(shell)} cannot be checked`);
  const analysis = new Analysis(platform === 'darwin');
  try {
    analysis.read(line, dialect);
    analysis.variables.check();
  } catch (error) {
    if (!(error instanceof PolicyRefusal)) throw error;
    return ask(denialIn(line, compiled) ?? 'it cannot be certain what it runs');
  }
  const denial = deniedBy(analysis.commands, line, compiled);
  if (denial !== undefined) return ask(denial);
  const doubt = doubtAbout(line, question);
  if (doubt !== undefined) return ask(doubt);
  const scripts = analysis.commands.some(changesFolder) ? [] : question.npmScripts;
  const used = analysis.commands.map((each) => approvedBy(each, compiled, scripts));
  const missing = used.findIndex((rule) => rule === undefined);
  const wholeLine = compiled.allowLine.find(({ regex }) => regex.test(line));
  if (analysis.commands.length > 0 && missing < 0) return allow(used as string[]);
  if (wholeLine !== undefined) return allow([wholeLine.text]);
  const text = analysis.commands[missing]?.text ?? line;
  if (question.npmScripts.includes(npmScriptOf(text) ?? ''))
    return ask(`\`${text}\` may run a script of another folder`);
  return ask(`no rule approves \`${text}\``);
}

function allow(rules: readonly string[]): Approval {
  return { decision: 'allow', rules: [...new Set(rules)] };
}

function ask(why: string): Approval {
  return { decision: 'ask', why };
}

/** Names the rule that denies one of the commands or the line. */
function deniedBy(
  commands: readonly FoundCommand[],
  line: string,
  { deny, denyLine }: CompiledRules,
): string | undefined {
  for (const { text, source, spellings } of commands) {
    if (/^[A-Z_][A-Z0-9_]*=/i.test(source)) return 'it sets environment variables';
    const texts = [text, source, ...spellings.map((spelling) => spelling.text)];
    const rule = deny.find(({ regex }) => texts.some((each) => regex.test(each)));
    if (rule !== undefined) return `the rule \`${rule.text}\` denies \`${text}\``;
  }
  const ofLine = denyLine.find(({ regex }) => regex.test(line));
  return ofLine && `the rule \`${ofLine.text}\` denies it`;
}

/** Names a rule that denies the beginning of a line that cannot be taken apart. */
function denialIn(line: string, { deny, denyLine }: CompiledRules): string | undefined {
  const rule = [...deny, ...denyLine].find(({ regex }) => regex.test(line));
  return rule && `the rule \`${rule.text}\` denies it`;
}

/** Builtins that change the folder of the shell. Dash has `chdir`. */
const FOLDER_BUILTINS = /^(cd|chdir|pushd|popd)$/;

function changesFolder({ words }: FoundCommand): boolean {
  return FOLDER_BUILTINS.test(programOf(words[0]?.value ?? ''));
}

/** Programs and builtins that run a command in the folder of their own. None has an option that changes it. */
const FOLDER_KEEPERS = new Set(
  'bash sh dash ash builtin command eval exec trap nohup nice ionice setsid stdbuf time timeout'.split(' '),
);

/** Returns the rule that approves a command, as it is written and as the shell reads it. */
function approvedBy(
  { text, source, words, hasTail, runners }: FoundCommand,
  { allow: rules }: CompiledRules,
  npmScripts: readonly string[],
): string | undefined {
  if (hasTail) return undefined;
  const script = npmScriptOf(text);
  if (script !== undefined && npmScripts.includes(script)) {
    const isCertain = words.every(({ value }) => value !== undefined);
    if (isCertain && runners.every((runner) => FOLDER_KEEPERS.has(runner)))
      return `script ${script} of package.json`;
  }
  const rule = rules.find(({ regex }) => regex.test(text));
  return rules.some(({ regex }) => regex.test(source)) ? rule?.text : undefined;
}

/** Says what rules do not see: variables and files that are written. */
function doubtAbout(line: string, { allowsFileWrites }: ApprovalQuestion): string | undefined {
  let doubt: string | undefined;
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Assignment') doubt ??= 'it sets variables';
    if (node.type === 'Redirect' && !allowsFileWrites && node.operator.includes('>')) {
      const target = node.target && valueOf(node.target);
      const isHarmless =
        target === '/dev/null' || (node.operator.endsWith('&') && /^\d$|^-$/.test(target ?? ''));
      if (!isHarmless) doubt ??= 'it writes a file';
    }
    forEachChild(node, visit);
  };
  visit(parse(line));
  return doubt;
}
