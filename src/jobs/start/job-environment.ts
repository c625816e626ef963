/** Variables with which an editor controls its own processes, or we those in its terminals. Other programs misbehave. */
const EDITOR_VARIABLES = /^(ELECTRON_|VSCODE_|CODE_SERVER_|BACKGROUND_JOBS_ENDPOINT$)/;

/** Jobs have no terminal. Without these, pagers would wait for keys, and Python would hold its output back. */
const DEFAULTS = { PYTHONUNBUFFERED: '1', PAGER: 'cat', GIT_PAGER: 'cat' };

/** Returns the environment of jobs, given that of their manager. */
export function jobEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !EDITOR_VARIABLES.test(entry[0]),
  );
  const variables = Object.fromEntries(inherited);
  const { TERM = '' } = variables;
  // The same as in a terminal. clear(1) and most uses of tput(1) fail without TERM, and also with "dumb".
  return { ...variables, ...DEFAULTS, TERM: TERM === '' ? 'xterm-256color' : TERM };
}
