import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Log } from '../base/stderr-log.ts';
import { JobManager } from '../jobs/manager.ts';
import { reportJobEvents } from '../jobs/records/job-events.ts';
import { defaultShell } from '../jobs/start/shell.ts';
import { JobCards } from '../mcp/card/job-cards.ts';
import { createServer } from '../mcp/server/mcp-server.ts';
import { StatelessServer } from '../mcp/stateless/stateless-server.ts';
import { BothEras } from '../mcp/transports/both-eras.ts';
import { StdioTransport } from '../mcp/transports/stdio-transport.ts';
import { CommandPolicy } from '../policy/command-policy.ts';
import type { ServerOptions } from './options.ts';

/** Defined by the build. */
declare const VERSION: string;

/** Serves jobs over stdio, without an editor. Ends the process when its client disconnects. */
export async function serveStdio(options: ServerOptions, log: Log): Promise<void> {
  const { storage, cwd, limits, keepJobs, compat, commandLists, refuseAboveLimit } = options;
  const shell = options.shell ?? defaultShell(process.env, CommandPolicy.isActive(commandLists));
  const { problem } = commandLists;
  if (problem !== undefined) log.error(`No command runs. ${problem}`);
  const manager = new JobManager({
    storage,
    runnerScript: script('runner.js'),
    searchScript: script('search.js'),
    policyScript: script('policy.js'),
    problemsScript: script('problems.js'),
    env: process.env,
    settings: () => ({ limits, refuseAboveLimit, cwd, shell, commandLists }),
    endJobsWithManager: !keepJobs,
  });
  reportJobEvents(manager.jobs, (level, words) => log[level === 'warning' ? 'warn' : level](words));
  const served = { version: VERSION, compat, cards: new JobCards({ page: script('job-card.html') }) };
  const session = createServer(manager, served);
  const stateless = new StatelessServer(manager, { ...served, session: randomUUID() });
  const stop = (): void => {
    void Promise.allSettled([stateless.close(), manager.dispose()]).finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.stdout.on('error', stop);
  const stdio = new StdioTransport(process.stdin, process.stdout);
  const transport = new BothEras(stdio, stateless, session);
  void stdio.untilLeft().then(stop);
  log.info(`version ${VERSION} serves jobs in ${cwd}; logs in ${storage}`);
  await session.server.connect(transport);
}

/** Returns the path of a script beside the bundle of this module. */
function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
