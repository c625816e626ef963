import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Question } from '../../src/policy/command-policy.ts';
import { judge } from '../../src/policy/policy-verdict.ts';

/** A program that records that it ran, on a search path of its own. */
export interface Probe {
  /** The folder of the program. */
  readonly bin: string;
  /** Runs a command line in an empty folder, and returns whether the program ran. */
  runs(
    line: string,
    options?: { readonly shell?: string; readonly path?: string; readonly prepare?: (cwd: string) => void },
  ): boolean;
}

/** Installs the program under some names until the test file ends. */
export function installProbe(...names: string[]): Probe {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const bin = join(folder, 'bin');
  const marker = join(folder, 'probe-ran');
  mkdirSync(bin);
  for (const name of names) writeFileSync(join(bin, name), `#!/bin/sh\n: > '${marker}'\n`, { mode: 0o755 });
  return {
    bin,
    runs(line, { shell = 'bash', path = `${bin}:/usr/bin:/bin`, prepare } = {}) {
      rmSync(marker, { force: true });
      const cwd = mkdtempSync(join(folder, 'cwd-'));
      prepare?.(cwd);
      const env = { PATH: path, PROBE_FILE: marker, PROBE_BIN: bin, HOME: cwd, LC_ALL: 'C.UTF-8' };
      spawnSync(shell, ['-c', line], { cwd, env, timeout: 60_000, stdio: 'ignore' });
      // A background process of the line may still write there.
      rmSync(cwd, { recursive: true, force: true, maxRetries: 10 });
      return existsSync(marker);
    },
  };
}

interface Lists {
  readonly allowed?: readonly unknown[];
  readonly denied?: readonly unknown[];
}

/** Asks the policy whether a command line may start. */
export function ask(
  command: string,
  { allowed = [], denied = [] }: Lists,
  change: Partial<Question> = {},
): string | undefined {
  const lists = {
    allowed: { name: 'allowedCommands', patterns: allowed },
    denied: { name: 'deniedCommands', patterns: denied },
  };
  return judge({ lists, command, shell: '/bin/bash', env: {}, wanted: 'start', ...change });
}
