import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentTarget, NATIVE_TARGETS } from '../../native-targets.ts';
import { LogReader } from '../../src/log/read/log-reader.ts';
import { logFolder } from '../../src/protocol/log-folder.ts';
import { DIST } from '../support/mcp-session.ts';
import { startJob, startRunner, untilEnded } from '../support/runner.ts';
import { scratchFolder } from '../support/scratch.ts';
import { terminalSpec } from '../support/terminal-runner.ts';

test('a job of a person gets pipes if terminals cannot be created, and its record says why', async (t) => {
  const { storage, connect } = await startRunner(t);
  const link = await connect({ modulesFolder: '/nonexistent' });
  const spec = terminalSpec('test -t 1 || echo piped; exit 3', {
    startedBy: { kind: 'person' },
  });
  const ended = untilEnded(link, spec.id);
  await startJob(link, spec);
  const { exitCode, terminal, lacksTerminal, capture } = await ended;
  assert.deepEqual([exitCode, terminal, capture], [3, undefined, 'fifo']);
  assert.match(lacksTerminal ?? '', /^the native module koffi is not installed for \w+-\w+$/);
  const reader = new LogReader(logFolder(storage, spec.id));
  const { end } = reader.range();
  const text = Buffer.concat([...reader.pieces(0, end)].map(({ bytes }) => Buffer.from(bytes))).toString();
  assert.equal(text, 'piped\n');
});

test(
  'a native module for another C library is not loaded, since it would crash',
  { skip: process.platform !== 'linux' && 'needs Linux' },
  async (t) => {
    const folder = scratchFolder(t);
    const modules = join(folder, 'node_modules');
    cpSync(join(DIST, 'node_modules'), modules, { recursive: true });
    const [own = ''] = NATIVE_TARGETS[currentTarget()]!.folder.split('_');
    const [name = ''] = readdirSync(join(modules, '@koromix'));
    const binaries = join(modules, '@koromix', name);
    for (const each of readdirSync(binaries))
      if (each.startsWith(`${own}_`)) rmSync(join(binaries, each), { recursive: true });
    const { connect } = await startRunner(t);
    const link = await connect({ modulesFolder: folder });
    const { status, error } = await startJob(link, terminalSpec('echo never'));
    assert.equal(status, 'failed');
    assert.match(error ?? '', /another C library/);
  },
);
