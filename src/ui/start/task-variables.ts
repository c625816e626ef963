import { basename, dirname, extname, relative, sep } from 'node:path';

export interface Folder {
  readonly name: string;
  readonly path: string;
}

/** The values that variables can have. */
export interface VariableContext {
  readonly folders: readonly Folder[];
  /** The folder of the task. */
  readonly folder?: Folder | undefined;
  /** The file of the active editor, with the cursor in it, counted from 1. */
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

type VariableProblem = 'unsupported' | 'no file' | 'no folder' | 'not a string';

/** A variable without a value. The caller localizes the message. */
export class VariableError extends Error {
  override readonly name = 'VariableError';
  /** The variable as written, such as `${command:pick}`. */
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

/** Thrown if a variable has no value. The caller adds the variable as written. */
class MissingValue extends Error {
  readonly problem: VariableProblem;

  constructor(problem: VariableProblem) {
    super(problem);
    this.problem = problem;
  }
}

function required<T>(value: T | undefined, problem: VariableProblem): T {
  if (value === undefined) throw new MissingValue(problem);
  return value;
}

function folderOf({ folders, folder }: VariableContext, name: string | undefined): Folder {
  return required(name === undefined ? folder : folders.find((each) => each.name === name), 'no folder');
}

const file = ({ file }: VariableContext) => required(file, 'no file');
const path = (context: VariableContext): string => file(context).path;

function relativeFile(context: VariableContext): string {
  const { path, folder } = file(context);
  return folder === undefined ? path : relative(folder.path, path);
}

function unsupported(): never {
  throw new MissingValue('unsupported');
}

/** The variables of code.visualstudio.com/docs/reference/variables-reference. All others belong to the shell. */
const VARIABLES: Readonly<Record<string, Resolve>> = {
  workspaceFolder: (context, name) => folderOf(context, name).path,
  workspaceRoot: (context, name) => folderOf(context, name).path,
  workspaceFolderBasename: (context, name) => basename(folderOf(context, name).path),
  // Not the folder in which the job runs. VS Code defines it this way.
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
  fileWorkspaceFolder: (context) => required(file(context).folder, 'no folder').path,
  fileWorkspaceFolderBasename: (context) => basename(required(file(context).folder, 'no folder').path),
  relativeFile,
  relativeFileDirname: (context) => dirname(relativeFile(context)),
  lineNumber: (context) => String(file(context).line),
  columnNumber: (context) => String(file(context).column),
  selectedText: (context) => file(context).selectedText,
  env: ({ env }, name = '') => (Object.hasOwn(env, name) ? env[name] : undefined) ?? '',
  config({ config }, name) {
    const value = config(name ?? '');
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return required(typeof value === 'string' ? value : undefined, 'not a string');
  },
  input: ({ inputs }, id) => required(inputs.get(id ?? ''), 'unsupported'),
  command: unsupported,
  execPath: unsupported,
  extensionInstallFolder: unsupported,
  defaultBuildTask: unsupported,
};

/** Replaces the variables in a text. @throws VariableError for a variable of VS Code without a value */
export function resolveVariables(text: string, context: VariableContext): string {
  return text.replaceAll(VARIABLE, (variable: string, name: string, argument: string | undefined) => {
    const resolve = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
    try {
      return resolve === undefined ? variable : resolve(context, argument);
    } catch (error) {
      throw error instanceof MissingValue ? new VariableError(variable, error.problem) : error;
    }
  });
}

/** Returns the ids of the inputs that a text uses. */
export function inputIds(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, name, id]) => (name === 'input' ? [id ?? ''] : []));
}
