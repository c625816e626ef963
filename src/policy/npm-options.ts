/** Words that nopt may take as the value of a flag. npm, npx and pnpm read their options with nopt. */
export const FLAG_VALUE = /^(true|false|null|always)$/;

/** Options that all commands of npm accept, and npx, too. */
export const NPM_GLOBAL_OPTIONS = `-adfghlnqsvyBDEHOPS?w:C: silent quiet verbose help usage version versions no ws
  iwr local [no-]yes [no-]global [no-]json [no-]long [no-]all [no-]force [no-]dry-run [no-]parseable [no-]color
  [no-]progress [no-]workspaces [no-]include-workspace-root [no-]workspaces-update [no-]if-present [no-]ignore-scripts
  [no-]foreground-scripts [no-]offline [no-]prefer-offline [no-]prefer-online [no-]prefer-dedupe [no-]dev
  [no-]save [no-]save-dev [no-]save-exact [no-]save-optional [no-]save-peer [no-]save-prod [no-]production
  [no-]audit [no-]fund [no-]optional [no-]package-lock [no-]package-lock-only [no-]legacy-peer-deps [no-]timing
  [no-]strict-peer-deps [no-]engine-strict [no-]update-notifier [no-]unicode [no-]bin-links [no-]install-links
  [no-]git-tag-version [no-]strict-ssl [no-]provenance [no-]description [no-]shrinkwrap
  prefix= workspace= loglevel= registry= reg= omit= include= only= tag= otp= access= cache= audit-level= depth=
  fetch-timeout= fetch-retries= maxsockets= scope= cafile= proxy= https-proxy= noproxy= auth-type= before=`;

/** The options of npx and `npm exec`, apart from -p. */
export const NPX_OPTIONS = `${NPM_GLOBAL_OPTIONS} -c: no-install ignore-existing package= call=`;
