/** Variables with which an editor controls its own processes, or we those in its terminals. Other programs misbehave. */
const EDITOR_VARIABLES = /^(ELECTRON_|VSCODE_|CODE_SERVER_|BACKGROUND_JOBS_ENDPOINT$)/;

/** There is no terminal: pagers would wait for keys, and Python would hold its output back. */
const DEFAULTS = { PYTHONUNBUFFERED: '1', PAGER: 'cat', GIT_PAGER: 'cat' };

/** The environment of the jobs of a manager whose own one is `env`. */
export function jobEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !EDITOR_VARIABLES.test(entry[0]),
  );
  const variables = Object.fromEntries(inherited);
  // Without it, programs such as clear(1) and tput(1) fail. The output goes to a pipe, so no terminal is a safe choice.
  return { ...variables, ...DEFAULTS, TERM: variables.TERM || 'dumb' };
}
