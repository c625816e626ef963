import { pathToFileURL } from 'node:url';
import type { EditorServer } from './server.ts';

export interface Workbench {
  /** A folder, a `.code-workspace` file, or the URI of a folder that is on no disk. */
  readonly workspace?: string | undefined;
  /** Folder of an extension under development. The page takes only one. */
  readonly extension?: string | undefined;
  /** A module with `run()`. */
  readonly tests?: string | undefined;
}

/** The address at which a browser finds the workbench, with what a desktop VS Code takes as arguments. */
export function pageAddress(server: EditorServer, { workspace, extension, tests }: Workbench): string {
  const payload = [
    ...(extension === undefined ? [] : [['extensionDevelopmentPath', remoteUri(extension)]]),
    ...(tests === undefined ? [] : [['extensionTestsPath', remoteUri(tests)]]),
    // Tests start with an empty window; a person sees what the settings say.
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

/** The files are the server's: for the page, they are on another machine. */
function remoteUri(path: string): string {
  return `vscode-remote://remote${pathToFileURL(path).pathname}`;
}
