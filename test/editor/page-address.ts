import { pathToFileURL } from 'node:url';
import type { EditorServer } from './server.ts';

export interface Workbench {
  /** A folder, a `.code-workspace` file, or the URI of a virtual folder. */
  readonly workspace?: string | undefined;
  /** Folder of an extension under development. The page takes only one. */
  readonly extension?: string | undefined;
  /** A module with `run()`. */
  readonly tests?: string | undefined;
}

/** Returns the URL of the workbench, with the arguments that a desktop VS Code would take. */
export function pageAddress(server: EditorServer, { workspace, extension, tests }: Workbench): string {
  const payload = [
    ...(extension === undefined ? [] : [['extensionDevelopmentPath', remoteUri(extension)]]),
    ...(tests === undefined ? [] : [['extensionTestsPath', remoteUri(tests)]]),
    // Tests start with an empty window. The settings decide what a user sees.
    ...(tests === undefined ? [] : [['skipWelcome', 'true']]),
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload), tkn: server.token });
  if (workspace !== undefined) {
    query.set(
      workspace.endsWith('.code-workspace') ? 'workspace' : 'folder',
      /^[\w-]+:\/\//.test(workspace) ? workspace : pathToFileURL(workspace).pathname,
    );
  }
  return `${server.origin}/?${query.toString()}`;
}

/** To the page the files of the server are on another machine. */
function remoteUri(path: string): string {
  return `vscode-remote://remote${pathToFileURL(path).pathname}`;
}
