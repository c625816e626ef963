import { basename, dirname, extname, relative, sep } from 'node:path';

export interface Folder {
  readonly name: string;
  readonly path: string;
}

/** What variables can tell of. */
export interface VariableContext {
  readonly folders: readonly Folder[];
  /** The folder of the task. */
  readonly folder?: Folder | undefined;
  /** The file of the active editor, and the cursor in it (counted from 1). */
  readonly file?:
    | {
        readonly path: string;
        readonly folder: Folder | undefined;
        readonly line: number;
        readonly column: number;
        readonly selectedText: string;
      }
    | undefined;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly config: (name: string) => unknown;
  readonly inputs: ReadonlyMap<string, string>;
}

export type VariableProblem = 'unsupported' | 'no file' | 'no folder' | 'no text';

/** A variable that has no value. Its words are made where people read them. */
export class VariableError extends Error {
  override readonly name = 'VariableError';
  /** As it was written, such as `${command:pick}`. */
  readonly variable: string;
  readonly problem: VariableProblem;

  constructor(variable: string, problem: VariableProblem) {
    super(`${variable}: ${problem}`);
    this.variable = variable;
    this.problem = problem;
  }
}

const VARIABLE = /\$\{(\w+|\/)(?::([^{}]*))?\}/g;

type Resolve = (context: VariableContext, argument: string | undefined) => string;

/** Thrown by one that knows no value; who called knows how it was written. */
class Problem extends Error {
  readonly problem: VariableProblem;

  constructor(problem: VariableProblem) {
    super(problem);
    this.problem = problem;
  }
}

function need<T>(value: T | undefined, problem: VariableProblem): T {
  if (value === undefined) throw new Problem(problem);
  return value;
}

function folderOf({ folders, folder }: VariableContext, name: string | undefined): Folder {
  return need(name === undefined ? folder : folders.find((each) => each.name === name), 'no folder');
}

const file = ({ file }: VariableContext) => need(file, 'no file');
const path = (context: VariableContext): string => file(context).path;

function relativeFile(context: VariableContext): string {
  const { path, folder } = file(context);
  return folder === undefined ? path : relative(folder.path, path);
}

function unsupported(): never {
  throw new Problem('unsupported');
}

/** Those of code.visualstudio.com/docs/reference/variables-reference; any other belongs to the shell. */
const VARIABLES: Readonly<Record<string, Resolve>> = {
  workspaceFolder: (context, name) => folderOf(context, name).path,
  workspaceRoot: (context, name) => folderOf(context, name).path,
  workspaceFolderBasename: (context, name) => basename(folderOf(context, name).path),
  // Not where the job runs: VS Code says the same.
  cwd: (context) => context.folder?.path ?? context.home,
  userHome: ({ home }) => home,
  pathSeparator: () => sep,
  '/': () => sep,
  file: path,
  fileBasename: (context) => basename(path(context)),
  fileBasenameNoExtension: (context) => basename(path(context), extname(path(context))),
  fileExtname: (context) => extname(path(context)),
  fileDirname: (context) => dirname(path(context)),
  fileDirnameBasename: (context) => basename(dirname(path(context))),
  fileWorkspaceFolder: (context) => need(file(context).folder, 'no folder').path,
  fileWorkspaceFolderBasename: (context) => basename(need(file(context).folder, 'no folder').path),
  relativeFile,
  relativeFileDirname: (context) => dirname(relativeFile(context)),
  lineNumber: (context) => String(file(context).line),
  columnNumber: (context) => String(file(context).column),
  selectedText: (context) => file(context).selectedText,
  env: ({ env }, name) => env[name ?? ''] ?? '',
  config({ config }, name) {
    const value = config(name ?? '');
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return need(typeof value === 'string' ? value : undefined, 'no text');
  },
  input: ({ inputs }, id) => need(inputs.get(id ?? ''), 'unsupported'),
  command: unsupported,
  execPath: unsupported,
  extensionInstallFolder: unsupported,
  defaultBuildTask: unsupported,
};

/** @throws VariableError for one of VS Code that has no value, or none here */
export function resolveVariables(text: string, context: VariableContext): string {
  return text.replaceAll(VARIABLE, (variable: string, name: string, argument: string | undefined) => {
    const resolve = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
    try {
      return resolve === undefined ? variable : resolve(context, argument);
    } catch (error) {
      throw error instanceof Problem ? new VariableError(variable, error.problem) : error;
    }
  });
}

/** The ids of the inputs that are named in a text. */
export function inputIds(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, name, id]) => (name === 'input' ? [id ?? ''] : []));
}
