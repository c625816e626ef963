/** A rule of `chat.tools.terminal.autoApprove`. */
interface Rule {
  /** As the user wrote it. */
  readonly text: string;
  readonly regex: RegExp;
}

/** The rules of VS Code's terminal tool. */
export interface CompiledRules {
  readonly allow: readonly Rule[];
  readonly deny: readonly Rule[];
  /** These apply to the command line as a whole. */
  readonly allowLine: readonly Rule[];
  readonly denyLine: readonly Rule[];
  /** Denying rules that are not regular expressions. */
  readonly broken: readonly string[];
}

/** Reads rules as VS Code does (`CommandLineAutoApprover`, VS Code 1.139). Values that it ignores are ignored. */
export function compileRules(rules: Readonly<Record<string, unknown>>): CompiledRules {
  const compiled = { allow: [], deny: [], allowLine: [], denyLine: [], broken: [] } as Record<
    'allow' | 'deny' | 'allowLine' | 'denyLine',
    Rule[]
  > & { broken: string[] };
  for (const [text, value] of Object.entries(rules)) {
    const { approve, matchCommandLine } = readValue(value);
    if (typeof approve !== 'boolean') continue;
    const regex = regexOf(text);
    if (regex === undefined) {
      // VS Code ignores it. A rule that should deny something must not be lost.
      if (!approve) compiled.broken.push(text);
      continue;
    }
    compiled[`${approve ? 'allow' : 'deny'}${matchCommandLine === true ? 'Line' : ''}`].push({ text, regex });
  }
  return compiled;
}

function readValue(value: unknown): { readonly approve?: unknown; readonly matchCommandLine?: unknown } {
  if (typeof value === 'boolean') return { approve: value };
  return typeof value === 'object' && value !== null ? value : {};
}

/** Returns undefined for a rule that matches nothing: it is not a regular expression, or it matches the empty text. */
function regexOf(rule: string): RegExp | undefined {
  const [, pattern, flags = ''] = /^\/(.+)\/([dgimsuvy]*)$/.exec(rule) ?? [];
  if (pattern === '.*') return /.*/;
  try {
    if (pattern !== undefined) {
      const regex = new RegExp(pattern, flags.replaceAll(/[gy]/g, ''));
      return regex.test('') && !['^', '^$', '$', '^\\s*$'].includes(pattern) ? undefined : regex;
    }
  } catch {
    // It is not a regular expression.
    return undefined;
  }
  if (rule === '') return undefined;
  const escaped = (text: string): string => text.replaceAll(/[\\{}*+?|^$.[\]()]/g, '\\$&');
  const isPath = /[/\\]/.test(rule);
  const parts = rule.split(/[/\\]/).map(escaped);
  // A path can be written with both separators, and may begin with the current folder.
  return new RegExp(`^${isPath ? '(?:\\.[/\\\\])?' : ''}${parts.join('[/\\\\]')}\\b`);
}

const NPM_SCRIPT = [
  /^npm\s+run(?:-script)?\s+([^\s&|;-][^\s&|;]*)\s*$/,
  /^npm\s+(test|start|stop|restart)\s*$/,
  /^(?:yarn|pnpm)\s+run\s+([^\s&|;-][^\s&|;]*)\s*$/,
];

/**
 * Returns the script that a command runs, if it passes no arguments. VS Code also accepts arguments, and `yarn name`, which
 * may be a program.
 */
export function npmScriptOf(command: string): string | undefined {
  for (const pattern of NPM_SCRIPT) {
    const [, name] = pattern.exec(command) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}
