import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Scripts of package.json that call other scripts are followed this far. */
const MAX_SCRIPTS = 5;

/** The matchers of programs. A program is the name of a file, without its ending. */
const PROGRAMS: readonly (readonly [
  programs: RegExp,
  matcher: string | ((args: readonly string[]) => string),
])[] = [
  [/^(tsc|vue-tsc|tspc)$/, (args) => (isWatch(args) ? '$tsc-watch' : '$tsc')],
  [/^(eslint|eslint_d)$/, (args) => (isCompact(args) ? '$eslint-compact' : '$eslint-stylish')],
  [/^(?:[\w.]+-)*(gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(-[\d.]+)?$/, '$gcc'],
  [/^(make|gmake|ninja|cmake|meson)$/, '$gcc'],
  [/^(rustc|cargo|clippy-driver)$/, '$rustc'],
  [/^go$/, '$go'],
  [/^(python|pypy)[\d.]*$|^(pytest|py\.test)$/, '$python'],
  [/^(msbuild|dotnet|csc|cl|vbc)$/i, '$msCompile'],
  [/^jshint$/, '$jshint'],
];

/** Programs that run the one that follows, and those of their options that take a value. */
const WRAPPERS =
  /^(npx|bunx|pnpx|env|time|nice|nohup|sudo|stdbuf|exec|command|node|cross-env|timeout|poetry|uv|pipenv)$/;
const PACKAGE_MANAGERS = /^(npm|pnpm|yarn|bun)$/;
/** Words between a wrapper and the program. */
const SKIPPED = /^(-.*|\d+(\.\d+)?[smhd]?|run|exec|x|dlx|\w+=.*)$/;

/**
 * Returns the names of the matchers for the programs in a command line. Scripts of package.json are looked up.
 *
 * @param cwd the folder of the command
 */
export function automaticMatchers(command: string, cwd: string, depth = 0): string[] {
  const found = command.split(/&&|\|\||[;|&\n()]/).flatMap((part) => matchersOf(wordsOf(part), cwd, depth));
  return [...new Set(found)];
}

function matchersOf(words: readonly string[], cwd: string, depth: number): string[] {
  const [first, ...args] = words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
  if (first === undefined) return [];
  const program = basename(first.replaceAll('\\', '/')).replace(/\.(exe|cmd|ps1|m?js|py)$/i, '');
  if (PACKAGE_MANAGERS.test(program)) return scriptMatchers(args, cwd, depth);
  for (const [programs, matcher] of PROGRAMS) {
    if (programs.test(program)) return [typeof matcher === 'string' ? matcher : matcher(args)];
  }
  if (!WRAPPERS.test(program)) return [];
  return matchersOf(args.slice(args.findIndex((word) => !SKIPPED.test(word))), cwd, depth);
}

/** Follows `npm run build` to what the script runs, and `pnpm exec tsc` to the program. */
function scriptMatchers(args: readonly string[], cwd: string, depth: number): string[] {
  const words = args.filter((word) => !word.startsWith('-') && !/^(run|run-script)$/.test(word));
  const [name, ...rest] = words;
  if (name === undefined) return [];
  if (/^(exec|x|dlx)$/.test(name)) {
    const at = args.indexOf(name) + 1;
    return matchersOf(
      args.slice(args.findIndex((word, index) => index >= at && !word.startsWith('-'))),
      cwd,
      depth,
    );
  }
  const script = depth < MAX_SCRIPTS ? scriptOf(cwd, name === 't' ? 'test' : name) : undefined;
  if (script !== undefined)
    return automaticMatchers(`${script} ${args.slice(args.indexOf(name) + 1).join(' ')}`, cwd, depth + 1);
  // yarn and bun run programs of the package like scripts.
  return PACKAGE_MANAGERS.test(name) ? [] : matchersOf([name, ...rest], cwd, depth);
}

function scriptOf(cwd: string, name: string): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as {
      scripts?: Record<string, unknown>;
    };
    const script = Object.hasOwn(manifest.scripts ?? {}, name) ? manifest.scripts?.[name] : undefined;
    return typeof script === 'string' ? script : undefined;
  } catch {
    // There is no package.json here, or it is not valid.
    return undefined;
  }
}

/** Splits a simple command into words, without quotes. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

function isWatch(args: readonly string[]): boolean {
  return args.some((arg) => /^(-w|--watch)$/.test(arg));
}

function isCompact(args: readonly string[]): boolean {
  return args.some(
    (arg, at) =>
      /^(-f=?|--format=)compact$/.test(arg) || (/^(-f|--format)$/.test(arg) && args[at + 1] === 'compact'),
  );
}
