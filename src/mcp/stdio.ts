#!/usr/bin/env node
// The job server over stdio, for any MCP client and without an editor.
import { join } from 'node:path';
import { JobManager } from '../jobs/manager.ts';
import { defaultShell } from '../jobs/shell.ts';
import { connectRunner } from '../runner/runner-link.ts';
import { HELP, readOptions, type ServerOptions } from './options.ts';
import { createServer } from './server.ts';
import { StdioTransport } from './stdio-transport.ts';

/** Set by the build. */
declare const VERSION: string;

async function serve(options: ServerOptions): Promise<void> {
  const { storage, cwd, limits, keepJobs, shell = defaultShell(process.env) } = options;
  for (const refusal of options.refused) console.error(`background-jobs: ignored ${refusal}`);
  const manager = new JobManager({
    storage,
    runnerScript: join(__dirname, 'runner.js'),
    searchScript: join(__dirname, 'search.js'),
    connectRunner,
    env: process.env,
    settings: () => ({ limits, cwd, shell }),
    endJobsWithManager: !keepJobs,
  });
  const server = createServer(manager, VERSION);
  const stop = (): void => {
    void manager.dispose().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // The client is gone when its end of stdin is; the SDK's transport does not tell that.
  process.stdin.on('end', stop).on('close', stop);
  process.stdout.on('error', stop);
  if (process.stdin.isTTY) {
    console.error('background-jobs: an MCP client talks to this server over stdin and stdout. See --help.');
  }
  await server.connect(new StdioTransport(process.stdin, process.stdout));
}

const options = readOptions(process.argv.slice(2), process.env, process.cwd());
if (options.action === 'help') console.log(HELP);
else if (options.action === 'version') console.log(VERSION);
else void serve(options);
