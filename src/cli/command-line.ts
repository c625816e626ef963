import { help, readOptions } from './options.ts';
import { stderrLog } from '../base/stderr-log.ts';

/** Set by the build. */
declare const VERSION: string;

/** Runs the command `background-jobs`: reads the options, then loads the server or the bridge. */
export async function runCommandLine(): Promise<void> {
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
    if (options.attach === undefined) await (await import('./stdio-server.ts')).serve(options, log);
    else {
      const { attach } = await import('../mcp/attach/stdio-bridge.ts');
      await attach(options.attach, options.attachSeconds, log);
    }
  }
}
