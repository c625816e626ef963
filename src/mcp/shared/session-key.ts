/** Where the bridge of an attached client names the session, which continues when its window is reloaded. */
export const ATTACHED_SESSION_KEY = 'background-jobs.session';
