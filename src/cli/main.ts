#!/usr/bin/env node
// The command `background-jobs`: reads the options, then loads what they ask for. The build puts a look at the
// version of Node in front, so that an old one is told so before it meets anything that it cannot read.
import { join } from 'node:path';
import type * as Bridge from '../mcp/attach/stdio-bridge.ts';
import type * as Server from './stdio-server.ts';
import { help, readOptions } from './options.ts';
import { stderrLog } from '../base/stderr-log.ts';

/** Set by the build. */
declare const VERSION: string;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- bundles of their own
const load = (name: string): unknown => require(join(__dirname, name));

const options = readOptions(process.argv.slice(2), process.env, process.cwd());
if (options.action === 'help') console.log(help());
else if (options.action === 'version') console.log(VERSION);
else {
  const log = stderrLog(options.logLevel);
  for (const refusal of options.refused) log.warn(`ignored ${refusal}`);
  for (const each of options.adjusted) log.warn(each);
  if (process.stdin.isTTY) {
    log.warn('an MCP client talks to this server over stdin and stdout. See --help.');
  }
  if (options.attach === undefined) void (load('server.js') as typeof Server).serve(options, log);
  else void (load('bridge.js') as typeof Bridge).attach(options.attach, options.attachSeconds, log);
}
