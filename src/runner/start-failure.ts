import { existsSync } from 'node:fs';
import type { JobSpec } from '../protocol/job-record.ts';

/** Size of one argument or variable, with its NUL, that Linux accepts (MAX_ARG_STRLEN in execve(2)). */
const MAX_STRING_BYTES = 128 * 1024;

/**
 * Describes why a job could not be started, in whole sentences.
 *
 * @param env the environment that it was to get
 */
export function describeStartFailure(error: unknown, spec: JobSpec, env: NodeJS.ProcessEnv): string {
  const { code, message, path, syscall = '' } = error as NodeJS.ErrnoException;
  if (code === 'E2BIG') return describeSize(spec, env);
  if (code === 'ENOENT' && !existsSync(spec.cwd)) return `There is no folder ${spec.cwd}.`;
  // Node names the program that it was to run, which may be prlimit(1), also if something else is missing.
  const isShell = path === spec.shell || syscall.startsWith('spawn');
  if (code === 'ENOENT' && isShell) return `There is no shell ${spec.shell}.`;
  if (code === 'EACCES' && isShell)
    return `The shell ${spec.shell} cannot be executed: ${asSentence(message)}`;
  return asSentence(message);
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

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
