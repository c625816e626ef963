import { describeFileError } from '../base/file-error.ts';
import { describeSpawnError } from '../base/spawn-error.ts';
import type { JobSpec } from '../protocol/job-record.ts';
import { NativeModuleError } from './posix/c-library.ts';

/** Size of one argument or variable, with its NUL, that Linux accepts (MAX_ARG_STRLEN in execve(2)). */
const MAX_STRING_BYTES = 128 * 1024;

/**
 * Describes why a job could not be started, in whole sentences.
 *
 * @param env the environment that it was to get
 */
export function describeStartFailure(error: unknown, spec: JobSpec, env: NodeJS.ProcessEnv): string {
  if (error instanceof NativeModuleError)
    return `There is no terminal for the job, because ${error.message}. Start it without a terminal.`;
  const { code, path, syscall = 'spawn' } = error as NodeJS.ErrnoException;
  if (code === 'E2BIG') return describeSize(spec, env);
  if (!syscall.startsWith('spawn') && path !== spec.shell) return describeFileError(error);
  return describeSpawnError(error, { program: spec.shell, name: 'shell', cwd: spec.cwd });
}

/** Says nothing of values: they may be secret. */
function describeSize(spec: JobSpec, env: NodeJS.ProcessEnv): string {
  const sizes = Object.entries(env).map(([name, value = '']) => {
    return { name, bytes: Buffer.byteLength(`${name}=${value}`) + 1 };
  });
  const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a), { name: '', bytes: 0 });
  if (largest.bytes > MAX_STRING_BYTES) {
    return (
      `The environment variable ${largest.name} is too long: with its name it has ${largest.bytes} bytes, and the ` +
      `system accepts ${MAX_STRING_BYTES}. Pass the value in a file.`
    );
  }
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, Buffer.byteLength(spec.command) + 1);
  return (
    `The command and the environment are too long: together they have ${total} bytes, which is more than the system ` +
    'accepts. Pass large values in files.'
  );
}
