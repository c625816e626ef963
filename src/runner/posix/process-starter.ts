import { IdleTask } from '../idle-task.ts';
import { type CLibrary, loadCLibrary } from './c-library.ts';
import { type CommandLine, createLimitSetter, type LimitedJob, type LimitSetter } from './limit-setter.ts';
import { spawnByNode } from './node-spawn.ts';
import { PipeMaker } from './pipe-maker.ts';
import { PosixSpawn, type Spawned, type SpawnRequest } from './posix-spawn.ts';

/** Starts the shells of jobs, with their limits: by posix_spawn(3) where the native module for it can be loaded. */
export class ProcessStarter {
  readonly #limits: Promise<LimitSetter>;
  #posix: PosixSpawn | undefined;
  #pipes: PipeMaker | undefined;
  readonly #loading = new IdleTask(() => this.#load());
  /** Folders whose modules have been tried. */
  readonly #tried = new Set<string>();
  #folder = '';

  constructor(limits = createLimitSetter()) {
    this.#limits = limits;
  }

  /** Makes pipes for jobs. Undefined until the native module is loaded. */
  get pipes(): PipeMaker | undefined {
    return this.#pipes;
  }

  /**
   * Starts a process. The first one is left to Node if Node can do it, since to load the module takes 10 ms.
   *
   * @param modulesFolder see `HelloParams`
   * @throws the system's error, as Node's `spawn` reports it
   */
  async start(
    request: Omit<SpawnRequest, 'limits'>,
    job: LimitedJob,
    modulesFolder: string,
  ): Promise<Spawned> {
    const setter = await this.#limits;
    const limits = setter.of(job);
    // On macOS, Node does the same.
    if (this.#posix === undefined && process.platform === 'linux' && !this.#tried.has(modulesFolder)) {
      this.#folder = modulesFolder;
      if (setter.canWrap) this.#loading.schedule();
      else this.#load();
    }
    return (
      this.#posix?.spawn({ ...request, limits }) ??
      spawnByNode({ ...request, ...setter.wrap(request, limits) })
    );
  }

  /** Returns a command that runs a program with the limits of a job. @throws see `LimitSetter` */
  async limited(program: CommandLine, job: LimitedJob): Promise<CommandLine> {
    const setter = await this.#limits;
    return setter.wrap(program, setter.of(job));
  }

  /** Uses a module that is loaded. */
  use(library: CLibrary): void {
    if (process.platform !== 'linux') return;
    this.#pipes ??= new PipeMaker(library);
    try {
      this.#posix ??= new PosixSpawn(library);
    } catch {
      // The C library is too old.
    }
  }

  dispose(): void {
    this.#loading.dispose();
  }

  #load(): void {
    this.#tried.add(this.#folder);
    try {
      this.use(loadCLibrary(this.#folder));
    } catch {
      // There is no native module for this system.
    }
  }
}
