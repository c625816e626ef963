// The first job of a runner is started by Node, and later ones by posix_spawn(3). Nobody may see a difference.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { readRaw } from '../../src/log/read/raw-page.ts';
import type { JobRecord, JobSpec } from '../../src/protocol/job-record.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { DIST } from '../support/mcp-session.ts';
import { eventually, makeSpec, startJob, startRunner, untilEnded } from '../support/runner.ts';
import { terminalSpec } from '../support/terminal-runner.ts';

const LOOK = `
  grep -hE '^(Sig(Blk|Cgt|Ign)|Groups|Uid|Seccomp|Max)' /proc/self/status /proc/self/limits
  env | sort; pwd -P; echo /proc/$$/fd/*; stat -c %A /proc/$$/fd/[012]; tty; ps -o tpgid=,sid=,pgid=,tty= -p $$ | sed "s/\\b$$\\b/itself/g" | tr -s ' '
`;
/** The mark of the job, by which its processes are found. */
const mark = /(?<=^Max file locks +)\d+/m;
test(
  'the first job of a runner and later ones get the same',
  { skip: process.platform !== 'linux' && 'needs Linux' },
  async (t) => {
    const { storage, connect } = await startRunner(t);
    const link = await connect({ modulesFolder: DIST, env: { PATH: process.env.PATH ?? '' } });
    const run = async (spec: JobSpec): Promise<{ job: JobRecord; log: string }> => {
      const ended = untilEnded(link, spec.id);
      await startJob(link, spec);
      const job = await ended;
      const reader = new LogReader(logFolder(storage, spec.id));
      const { bytes } = readRaw(reader, { cursor: 0, maxBytes: 1024 * 1024, ended: true });
      const log = bytes
        .toString()
        .replaceAll(spec.id, 'id')
        // Only in paths, since a limit may contain the digits of the process id.
        .replaceAll(`/proc/${job.pid}/`, '/proc/pid/')
        .replace(mark, '');
      return { job, log };
    };
    const first = await run(makeSpec(LOOK, { cwd: '/tmp' }));
    // Node does not know the end by a signal without a name.
    await eventually('posix_spawn(3) is loaded', async () => {
      const { job } = await run(makeSpec('kill -34 $$'));
      return job.status === 'killed' && job.signal === 'SIGRTMIN';
    });
    assert.equal((await run(makeSpec(LOOK, { cwd: '/tmp' }))).log, first.log);

    const { log } = await run(terminalSpec(LOOK));
    // As in a terminal, each descriptor can be read and written. The shell has the terminal, and is its foreground process group.
    assert.match(log, /\/dev\/pts\/\d+\r\n *itself +itself +itself +pts\/\d+/);

    const missing = await startJob(link, makeSpec('true', { shell: '/nonexistent/sh' }));
    assert.match(missing.error ?? '', /^The shell \/nonexistent\/sh does not exist/);
    const homeless = await startJob(link, makeSpec('true', { cwd: '/nonexistent' }));
    assert.match(homeless.error ?? '', /\/nonexistent/);
  },
);
