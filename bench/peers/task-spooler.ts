/** Task Spooler (tsp) of Debian: a queue of jobs with a file for the output of each, and no limit. */
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type JobServer, type Launch, NotOffered, type OpenServer, type Peer } from '../peer.ts';
import { SHELL } from '../shell.ts';
import { OutputFile } from './output-file.ts';

const run = promisify(execFile);
const DOWNLOAD_TIMEOUT_MS = 120_000;

/** The unpacked package. It is not installed on the system. */
async function unpack(cacheFolder: string): Promise<string> {
  const folder = join(cacheFolder, 'peers', 'task-spooler');
  if (existsSync(folder)) return folder;
  await mkdir(join(cacheFolder, 'peers'), { recursive: true });
  const staging = await mkdtemp(join(cacheFolder, 'peers', 'installing-'));
  try {
    await run('apt-get', ['download', 'task-spooler'], { cwd: staging, timeout: DOWNLOAD_TIMEOUT_MS });
    const [name = ''] = (await readdir(staging)).filter((each) => each.endsWith('.deb'));
    await run('dpkg', ['-x', join(staging, name), staging]);
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function open(program: string, launch: Launch): Promise<OpenServer> {
  if (launch.env.NODE_OPTIONS !== undefined) throw new NotOffered('It is no Node program, and small always.');
  const env = {
    ...launch.env,
    TS_SOCKET: join(launch.folder, 'socket'),
    TS_SLOTS: '1000',
    TS_MAXFINISHED: '20000',
  };
  const tsp = async (...args: string[]) =>
    (await run(program, args, { env, cwd: launch.folder, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
  const outputPath = (jobId: string): Promise<string | undefined> =>
    tsp('-o', jobId).catch((error: unknown) => {
      if (String(error).includes('not stored')) return undefined;
      throw error;
    });
  const files = new Map<string, OutputFile>();
  const fileOf = async (jobId: string): Promise<OutputFile> => {
    const known = files.get(jobId);
    if (known !== undefined) return known;
    // The file is created when the server starts the job, which is after its answer.
    let path: string | undefined;
    while ((path = await outputPath(jobId)) === undefined) await sleep(1);
    const file = new OutputFile(path);
    files.set(jobId, file);
    return file;
  };
  await tsp('-l');
  const server: JobServer = {
    start: (command) => tsp(SHELL, '-c', command),
    read: async (jobId) => (await fileOf(jobId)).read(),
    // Its exit code is the one of the job.
    waitForExit: async (jobId) => {
      await tsp('-w', jobId);
    },
    tail: async (jobId, lines) => (await fileOf(jobId)).tail(lines),
    keptBytes: async (jobId) => statSync((await fileOf(jobId)).path).size,
    list: () => tsp('-l'),
    kill: (jobId) => tsp('-k', jobId),
  };
  return { server, close: () => tsp('-K') };
}

export const taskSpooler: Peer = {
  name: 'task-spooler',
  ours: false,
  means: 'a program call each; output read from its file, awaited with inotify; `tsp -w`',
  async install(cacheFolder) {
    const program = join(await unpack(cacheFolder), 'usr', 'bin', 'tsp');
    const { stdout } = await run(program, ['-V']);
    const version = /v([\d.]+)/.exec(stdout)?.[1] ?? 'unknown';
    return { version, open: (launch) => open(program, launch) };
  },
};
