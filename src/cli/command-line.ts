import { homedir } from 'node:os';
import { stderrLog } from '../base/stderr-log.ts';
import { helpText } from './help.ts';
import { readOptions } from './options.ts';

/** Set by the build. */
declare const VERSION: string;

/** Runs the command `background-jobs`: reads the options, then loads the server or the bridge. */
export async function runCommandLine(): Promise<void> {
  const cwd = workingFolder();
  const options = readOptions(process.argv.slice(2), process.env, cwd ?? homedir());
  if (options.action === 'help') console.log(helpText());
  else if (options.action === 'version') console.log(VERSION);
  else {
    const log = stderrLog(options.logLevel);
    for (const warning of options.warnings) log.warn(warning);
    if (cwd === undefined) log.warn('The working folder was removed. The home folder takes its place.');
    if (process.stdin.isTTY) {
      log.warn('This server talks to an MCP client over stdin and stdout. See --help.');
    }
    if (options.attach === undefined) await (await import('./stdio-server.ts')).serveStdio(options, log);
    else {
      const { attach } = await import('../mcp/attach/stdio-bridge.ts');
      await attach(options.attach, options.attachSeconds, log);
    }
  }
}

/** Returns undefined if the folder in which this process was started does not exist any more. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
