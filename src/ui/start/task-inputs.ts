import * as vscode from 'vscode';
import { messageText } from '../format/printable.ts';
import { tasksConfiguration } from './task-surroundings.ts';
import { type Folder, inputIds } from './task-variables.ts';

/** An unchecked entry of `inputs` in tasks.json. */
interface InputDefinition {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly description?: unknown;
  readonly default?: unknown;
  readonly password?: unknown;
  readonly options?: unknown;
}

interface Inputs {
  readonly values: ReadonlyMap<string, string>;
  /** True if one of the values was typed hidden. */
  readonly haveSecret: boolean;
}

/**
 * Asks for the values of all `${input:…}` in a text. Inputs of unsupported types are omitted, and resolving their
 * variables fails.
 *
 * @returns undefined if the user cancels
 */
export async function askForInputs(text: string, folder: Folder | undefined): Promise<Inputs | undefined> {
  const defined = tasksConfiguration(folder).get<unknown>('inputs');
  const definitions = Array.isArray(defined) ? (defined as (InputDefinition | null)[]) : [];
  const values = new Map<string, string>();
  let haveSecret = false;
  for (const id of new Set(inputIds(text))) {
    const definition = definitions.find((each) => each?.id === id);
    if (definition?.type !== 'promptString' && definition?.type !== 'pickString') continue;
    const value = await (definition.type === 'promptString' ? prompt : pick)(id, definition);
    if (value === undefined) return undefined;
    values.set(id, value);
    haveSecret ||= isSecret(definition);
  }
  return { values, haveSecret };
}

function prompt(id: string, definition: InputDefinition): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: id,
    prompt: messageText(textOf(definition.description)),
    value: textOf(definition.default),
    password: isSecret(definition),
    ignoreFocusOut: true,
  });
}

function isSecret({ type, password }: InputDefinition): boolean {
  return type === 'promptString' && password === true;
}

async function pick(id: string, definition: InputDefinition): Promise<string | undefined> {
  const options = Array.isArray(definition.options) ? (definition.options as unknown[]) : [];
  const items = options.flatMap((option) => {
    if (typeof option === 'string') return [{ label: option, value: option }];
    const { label, value } = (option ?? {}) as { label?: unknown; value?: unknown };
    return typeof value === 'string' ? [{ label: textOf(label), value }] : [];
  });
  // VS Code also lists the default first.
  items.sort((a, b) => Number(b.value === definition.default) - Number(a.value === definition.default));
  const picked = await vscode.window.showQuickPick(items, {
    title: id,
    placeHolder: textOf(definition.description),
    ignoreFocusOut: true,
  });
  return picked?.value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
