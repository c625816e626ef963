/** A history of finished jobs, in the storage folder as a runner leaves it. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobRecord } from '../../src/protocol/job-record.ts';

/** @param count number of jobs: one each second, the last one a second ago */
export function writeHistory(storage: string, count: number): void {
  mkdirSync(storage, { recursive: true, mode: 0o700 });
  const lines = Array.from({ length: count }, (_, at) => {
    const startedAt = Date.now() - (count - at) * 1000;
    const job: JobRecord = {
      id: randomUUID(),
      command: `echo ${String(at)}`,
      cwd: storage,
      shell: '/bin/sh',
      env: {},
      stdin: 'open',
      mergeStderr: false,
      maxOutputSize: 1024 * 1024,
      startedBy: { kind: 'agent' },
      runner: 'earlier',
      status: 'completed',
      startedAt,
      endedAt: startedAt + 500,
      durationMs: 500,
      endedBy: 'itself',
      exitCode: 0,
      pid: 1,
      bootId: '',
      outputEnd: 0,
    };
    return `\n${JSON.stringify({ v: 1, job })}\n`;
  });
  writeFileSync(join(storage, 'journal.jsonl'), lines.join(''), { mode: 0o600 });
}
