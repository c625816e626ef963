import { constants } from 'node:fs';
import type { CLibrary } from './c-library.ts';
import { type ChildEnd, ChildExits } from './child-exits.ts';
import type { SoftLimits } from './limit-setter.ts';
import { OwnLimits } from './own-limits.ts';

/** Descriptors for stdin (undefined: an empty one), stdout and stderr, or the path of a terminal for all three. */
export type StandardFiles =
  readonly [stdin: number | undefined, stdout: number, stderr: number] | { readonly terminal: string };

export interface SpawnRequest {
  /** Absolute path of the program. */
  readonly file: string;
  /** The arguments after the name of the program. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limits?: SoftLimits;
  readonly files: StandardFiles;
}

export interface Spawned {
  readonly pid: number;
  readonly exited: Promise<ChildEnd>;
}

/** Larger than `posix_spawnattr_t`, `posix_spawn_file_actions_t` and `sigset_t` of glibc and musl (336, 80, 128 bytes). */
const STRUCT_BYTES = 512;
/** POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID in spawn.h */
const FLAGS = 0x04 | 0x08 | 0x80;

/**
 * Starts processes by posix_spawn(3) (Linux). Node uses fork(2), which copies the page tables of this process, and later
 * each page that is written: 1.2 ms for a runner, where this takes 0.25.
 */
export class PosixSpawn {
  readonly #calls: ReturnType<typeof declare>;
  readonly #exits: ChildExits;
  readonly #limits: OwnLimits;
  /** Each signal has its default action in the new process, and none is blocked, as after Node's `spawn`. */
  readonly #attributes = Buffer.alloc(STRUCT_BYTES);

  /** @throws Error if the C library is too old, such as glibc 2.28 */
  constructor(library: CLibrary) {
    const calls = declare(library);
    this.#calls = calls;
    this.#exits = new ChildExits(library);
    this.#limits = new OwnLimits(library);
    // Not by sigfillset(3), which leaves out two signals of glibc. The new process would ignore them.
    const all = Buffer.alloc(STRUCT_BYTES, 0xff);
    calls.initAttributes(this.#attributes);
    calls.setDefaultSignals(this.#attributes, all);
    calls.setBlockedSignals(this.#attributes, Buffer.alloc(STRUCT_BYTES));
    calls.setFlags(this.#attributes, FLAGS);
  }

  /**
   * Starts a program as the leader of a session and a process group of its own.
   *
   * @returns undefined if the system refuses. Node's `spawn` then tries the same, and has an error that says why
   */
  spawn({ file, args, cwd, env, limits = {}, files }: SpawnRequest): Spawned | undefined {
    const variables = Object.entries(env).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}=${value}`,
    );
    // Each would be cut off at its NUL.
    if ([file, cwd, ...args, ...variables].some((each) => each.includes('\0'))) return undefined;
    const calls = this.#calls;
    const actions = Buffer.alloc(STRUCT_BYTES);
    if (calls.initActions(actions) !== 0) return undefined;
    try {
      const duplicate = (from: number, to: number): unknown => calls.addDuplicate(actions, from, to);
      const open = (path: string, flags: number): unknown => calls.addOpen(actions, 0, path, flags, 0);
      // After the session was made, so that it gets the terminal as its controlling terminal (credentials(7)).
      const errors =
        'terminal' in files
          ? [open(files.terminal, constants.O_RDWR), duplicate(0, 1), duplicate(0, 2)]
          : [
              files[0] === undefined ? open('/dev/null', constants.O_RDONLY) : duplicate(files[0], 0),
              duplicate(files[1], 1),
              duplicate(files[2], 2),
            ];
      errors.push(calls.addFolder(actions, cwd));
      if (errors.some((error) => error !== 0)) return undefined;
      const pid: [number] = [0];
      const argv = [file, ...args, null];
      const envp = [...variables, null];
      const error = this.#limits.during(limits, () =>
        calls.spawn(pid, file, actions, this.#attributes, argv, envp),
      );
      if (error !== 0) return undefined;
      return { pid: pid[0], exited: this.#exits.of(pid[0]) };
    } finally {
      calls.destroyActions(actions);
    }
  }
}

/** See the manual pages of these functions. Each returns 0 or an error number. */
function declare({ declare }: CLibrary) {
  const actions = 'posix_spawn_file_actions';
  return {
    initAttributes: declare('int posix_spawnattr_init(_Out_ void *)'),
    setFlags: declare('int posix_spawnattr_setflags(_Inout_ void *, short)'),
    setDefaultSignals: declare('int posix_spawnattr_setsigdefault(_Inout_ void *, void *)'),
    setBlockedSignals: declare('int posix_spawnattr_setsigmask(_Inout_ void *, void *)'),
    initActions: declare(`int ${actions}_init(_Out_ void *)`),
    destroyActions: declare(`int ${actions}_destroy(_Inout_ void *)`),
    // glibc 2.29, musl 1.1.24
    addFolder: declare(`int ${actions}_addchdir_np(_Inout_ void *, const char *)`),
    addDuplicate: declare(`int ${actions}_adddup2(_Inout_ void *, int, int)`),
    addOpen: declare(`int ${actions}_addopen(_Inout_ void *, int, const char *, int, int)`),
    spawn: declare(
      'int posix_spawn(_Out_ int *, const char *, void *, void *, const char **, const char **)',
    ),
  };
}
