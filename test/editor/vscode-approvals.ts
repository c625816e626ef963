import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** What VS Code's terminal tool does with a command line. */
export type VsCodeApproval = (commandLine: string) => Promise<'allow' | 'ask'>;

interface Verdict {
  readonly result: 'approved' | 'denied' | 'noMatch';
}

/** The class `CommandLineAutoApprover` of VS Code. */
interface Approver {
  isCommandAutoApproved(
    command: string,
    shell: string,
    os: number,
    cwd: undefined,
    session: undefined,
  ): Promise<Verdict>;
  isCommandLineAutoApproved(line: string, session: undefined): Verdict;
}

interface Capture {
  readonly name: string;
  readonly node: {
    readonly text: string;
    readonly type: string;
    readonly parent: { readonly type: string } | null;
  };
}

interface TreeSitter {
  readonly Parser: {
    init(options: object): Promise<void>;
    new (): {
      setLanguage(language: unknown): void;
      parse(text: string): { readonly rootNode: { readonly hasError: boolean } };
    };
  };
  readonly Language: { load(bytes: Uint8Array): Promise<unknown> };
  readonly Query: new (language: unknown, source: string) => { captures(node: unknown): readonly Capture[] };
}

const LINUX = 3;
const QUERY = '(command) @command (variable_assignment) @unanalyzable (declaration_command) @unanalyzable';

/**
 * Takes VS Code's own evaluation from an installed server build: its default rules, the class that applies them, and its
 * grammar of bash. Scripts of a package.json are left out. @throws Error if the build has other code
 */
export async function vsCodeApprovals(
  serverFolder: string,
): Promise<{ readonly defaults: Record<string, unknown>; readonly approval: VsCodeApproval }> {
  const source = readFileSync(join(serverFolder, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
  const defaults = defaultRules(source);
  const approver = makeApprover(source, defaults);
  const subCommands = await makeParser(join(serverFolder, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
  const approval: VsCodeApproval = async (commandLine) => {
    const line = commandLine.trimStart();
    const { commands, isUnclear } = subCommands(line);
    if (commands.length === 0) return 'ask';
    const each = await Promise.all(
      commands.map((command) =>
        approver.isCommandAutoApproved(command, '/bin/bash', LINUX, undefined, undefined),
      ),
    );
    const whole = approver.isCommandLineAutoApproved(line, undefined);
    if ([...each, whole].some(({ result }) => result === 'denied') || isUnclear) return 'ask';
    const areApproved = each.every(({ result }) => result === 'approved') || whole.result === 'approved';
    return areApproved ? 'allow' : 'ask';
  };
  return { defaults, approval };
}

function defaultRules(source: string): Record<string, unknown> {
  const start = source.indexOf('default:{cd:!0');
  if (start < 0) throw new Error('The default rules were not found.');
  const text = objectAt(source, start + 'default:'.length);
  const parts = [...text.matchAll(/\.\.\.(\w+)/g)].map(([, name = '']) => {
    const at = source.search(new RegExp(`\\b${name}=\\{`));
    return `${name}=${objectAt(source, source.indexOf('{', at))}`;
  });
  return JSON.parse(runInNewContext(`const ${parts.join(',')};JSON.stringify(${text})`) as string) as Record<
    string,
    unknown
  >;
}

/** Returns an object literal of minified code. */
function objectAt(source: string, start: number): string {
  let depth = 0;
  let quote = '';
  for (let at = start; at < source.length; at++) {
    const character = source[at]!;
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (/["'`]/.test(character)) quote = character;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return source.slice(start, at + 1);
  }
  throw new Error('The object has no end.');
}

function makeApprover(source: string, rules: Record<string, unknown>): Approver {
  const [, name = ''] =
    /(\w+)=class extends \w+\{constructor\(\w+,\w+,\w+\)\{super\(\);this\._configurationService=\w+;this\._terminalChatService=\w+;this\._denyListRules/.exec(
      source,
    ) ?? [];
  const start = source.indexOf(`${name}=class extends `);
  const body = source.slice(start, source.indexOf(`};${name}=`, start) + 1);
  if (name === '' || body.length > 20_000) throw new Error('The class that applies the rules was not found.');
  const functions = ['cv', 'Ci', 'LI', 'Ds', 'pRe'].map((each) => {
    const at = source.indexOf(`function ${each}(`);
    return `function ${each}${source.slice(source.indexOf('(', at), source.indexOf('{', at))}${objectAt(source, source.indexOf('{', at))}`;
  });
  const environment = /ANr=(\/.+?\/i),/.exec(source)?.[1] ?? '';
  const code = `${functions.join('\n')}
    const Vo = { basename: (path) => path.split('/').at(-1) }, ys = Vo, ANr = ${environment}, Jdo = /(?!.*)/;
    const ${/class extends (\w+)/.exec(body)?.[1] ?? 'k'} = class { _register(value) { return value; } };
    let o7e;
    const ${body};
    new ${name}(configuration, {
      createInstance: () => ({ isCommandAutoApproved: async () => ({ isAutoApproved: false }) }),
    }, { getSessionAutoApproveRules: () => ({}) })`;
  const configuration = {
    getValue: (key: string) => (key === 'chat.tools.terminal.autoApprove' ? rules : undefined),
    inspect: () => ({ default: { value: rules } }),
    onDidChangeConfiguration: () => ({ dispose: () => undefined }),
  };
  return runInNewContext(code, { configuration }) as Approver;
}

async function makeParser(
  folder: string,
): Promise<(line: string) => { readonly commands: readonly string[]; readonly isUnclear: boolean }> {
  const { Parser, Language, Query } = createRequire(import.meta.url)(
    join(folder, 'tree-sitter.js'),
  ) as TreeSitter;
  await Parser.init({ locateFile: (name: string) => join(folder, name) });
  const language = await Language.load(readFileSync(join(folder, 'tree-sitter-bash.wasm')));
  const parser = new Parser();
  parser.setLanguage(language);
  const query = new Query(language, QUERY);
  return (line) => {
    const found = query.captures(parser.parse(line).rootNode);
    const commands = found.filter(({ name }) => name === 'command').map(({ node }) => node.text);
    const isUnclear = found.some(
      ({ name, node }) =>
        name === 'unanalyzable' && (node.type !== 'variable_assignment' || node.parent?.type !== 'command'),
    );
    return { commands, isUnclear };
  };
}
