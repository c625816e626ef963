import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Folder, VariableContext } from './task-variables.ts';
import { folderOf, workspaceFolders } from './workspace-folders.ts';

/** Returns the folder of a task, or the first folder for a task of a workspace file. */
export function taskFolder(scope: vscode.Task['scope']): Folder | undefined {
  if (typeof scope === 'object') return { name: scope.name, path: scope.uri.fsPath };
  return workspaceFolders()[0];
}

/** Returns the tasks.json of a folder, or `tasks` of a workspace file. */
export function tasksConfiguration(folder: Folder | undefined): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('tasks', folder && vscode.Uri.file(folder.path));
}

/** Returns the current values of variables in a task. */
export function variableContext(
  folder: Folder | undefined,
  inputs: ReadonlyMap<string, string>,
): VariableContext {
  const editor = vscode.window.activeTextEditor;
  const uri = folder && vscode.Uri.file(folder.path);
  const path = editor?.document.uri.scheme === 'file' ? editor.document.uri.fsPath : undefined;
  return {
    folders: workspaceFolders(),
    folder,
    file:
      editor === undefined || path === undefined
        ? undefined
        : {
            path,
            folder: folderOf(path),
            line: editor.selection.active.line + 1,
            column: editor.selection.active.character + 1,
            selectedText: editor.document.getText(editor.selection),
          },
    home: homedir(),
    env: process.env,
    config: (name) => vscode.workspace.getConfiguration(undefined, uri).get(name),
    inputs,
  };
}
