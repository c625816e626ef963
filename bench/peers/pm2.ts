/** PM2: a daemon with a log file for each process and no limit, controlled through its own Node API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackage } from '../npm-package.ts';
import type { JobServer, Launch, OpenServer, Peer } from '../peer.ts';
import { SHELL } from '../shell.ts';
import { OutputFile } from './output-file.ts';
import type { Answer, Process, Question } from './pm2-driver.ts';

const PACKAGE = { name: 'pm2', version: '7.0.4' };
/** Faster polling would slow down the server under measurement. */
const EXIT_POLL_MS = 10;
/** Turns off its telemetry and its update checks. */
const QUIET = { PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true' };

async function open(folder: string, launch: Launch): Promise<OpenServer> {
  const env = { ...launch.env, PM2_HOME: join(launch.folder, 'pm2'), ...QUIET };
  const driver = spawn(process.execPath, [join(import.meta.dirname, 'pm2-driver.ts'), folder], {
    env,
    cwd: launch.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: driver.stdout }).on('line', (line) => {
    // The library writes messages of its own to standard output.
    if (!line.startsWith('{')) return;
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
  });
  const gone = once(driver, 'exit').then(() => Promise.reject(new Error('The driver of pm2 has ended.')));
  gone.catch(() => undefined);
  let count = 0;
  const ask = async (verb: Question['verb'], argument = ''): Promise<Process[]> => {
    const id = ++count;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    driver.stdin.write(`${JSON.stringify({ id, verb, argument } satisfies Question)}\n`);
    const answer = await Promise.race([answered, gone]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.processes;
  };
  const files = new Map<string, OutputFile>();
  const fileOf = (jobId: string) => files.get(jobId) as OutputFile;
  const server: JobServer = {
    async start(command) {
      const [started] = await ask('start', JSON.stringify([SHELL, '-c', command]));
      if (started === undefined) throw new Error('start: no process in the answer');
      files.set(started.id, new OutputFile(started.file));
      return started.id;
    },
    read: (jobId) => fileOf(jobId).read(),
    async waitForExit(jobId) {
      for (;;) {
        const [process] = await ask('describe', jobId);
        if (process?.status === 'stopped') break;
        if (process?.status !== 'online')
          throw new Error(`The process ended as ${process?.status ?? 'unknown'}`);
        await sleep(EXIT_POLL_MS);
      }
    },
    tail: async (jobId, lines) => fileOf(jobId).tail(lines),
    keptBytes: async (jobId) => {
      const { path } = fileOf(jobId);
      return existsSync(path) ? statSync(path).size : 0;
    },
    list: async () => JSON.stringify(await ask('list')),
    kill: (jobId) => ask('delete', jobId),
  };
  await ask('connect');
  return {
    server,
    async close() {
      await ask('end');
      driver.stdin.end();
      await once(driver, 'exit');
    },
    // The driver is its client.
    isOwn: ({ argv }) => !argv.some((word) => word.endsWith('pm2-driver.ts')),
  };
}

export const pm2: Peer = {
  name: 'pm2',
  ours: false,
  means: 'its Node API; output read from its log file, awaited with inotify; `describe` polled every 10 ms',
  async install(cacheFolder) {
    const folder = await installPackage(PACKAGE, cacheFolder);
    return { version: PACKAGE.version, open: (launch) => open(folder, launch) };
  },
};
