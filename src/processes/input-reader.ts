import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { InputFile, InputReader } from './input-file.ts';
import type { ProcessInfo } from './process-table.ts';
import { readProcessMemory, threadWait } from './thread-wait.ts';

/** Device number of /dev/tty, the controlling terminal of each process (devices.txt of the kernel: 5, 0). */
const CONTROLLING_TERMINAL = 0x500;
/** Threads of a process that are looked at. */
const MAX_THREADS = 256;

/**
 * Finds out how processes of a job wait for its input, from what their threads do at this moment (Linux). A process that
 * blocks in read(2) waits for nothing else, and neither does an event loop without other files and timers. So a server
 * with a listener for its stdin is told from a program that asks.
 */
export function findInputReader(processes: readonly ProcessInfo[], input: InputFile): InputReader {
  const parents = new Set(processes.map(({ parent }) => parent));
  const found = new Set(
    processes
      .filter(({ isStopped }) => !isStopped)
      .map(({ pid }) => new ProcessLook(pid, input, parents.has(pid)).reader()),
  );
  const order = ['only', 'timed', 'also', 'unknown'] as const;
  return order.find((each) => found.has(each)) ?? 'none';
}

/** What a thread does: `own` and `other` as in ThreadWait, or it waits for the input. */
type ThreadState = 'only' | 'timed' | 'also' | 'own' | 'other';

class ProcessLook {
  readonly #pid: number;
  readonly #input: InputFile;
  readonly #hasChildren: boolean;
  #pipes: ReadonlyMap<string, number> | undefined;

  constructor(pid: number, input: InputFile, hasChildren: boolean) {
    this.#pid = pid;
    this.#input = input;
    this.#hasChildren = hasChildren;
  }

  reader(): InputReader {
    try {
      const threads = readdirSync(`/proc/${this.#pid}/task`);
      const states = new Set(threads.slice(0, MAX_THREADS).map((thread) => this.#stateOf(thread)));
      if (threads.length > MAX_THREADS) states.add('other');
      if (!['only', 'timed', 'also'].some((state) => states.has(state as ThreadState))) return 'none';
      if (states.has('also') || states.has('other')) return 'also';
      return states.has('timed') ? 'timed' : 'only';
    } catch (error) {
      // A program that runs as another user, such as sudo, and a sandbox without these files cannot be looked into.
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ESRCH' || this.#isGone() ? 'none' : 'unknown';
    }
  }

  #isGone(): boolean {
    return statSync(`/proc/${this.#pid}`, { throwIfNoEntry: false }) === undefined;
  }

  #stateOf(thread: string): ThreadState {
    const text = readFileSync(`/proc/${this.#pid}/task/${thread}/syscall`, 'latin1');
    const wait = threadWait(text, (address, length) => readProcessMemory(this.#pid, address, length));
    switch (wait.for) {
      case 'own':
      case 'other':
        return wait.for;
      case 'files':
        return this.#stateOfFiles(wait.fds, wait.isEndless);
      case 'epoll': {
        const state = this.#stateOfFiles(this.#filesOf(wait.fd), wait.isEndless);
        // An event loop is woken by the exit of a child, too.
        return (state === 'only' || state === 'timed') && this.#hasChildren ? 'also' : state;
      }
    }
  }

  #stateOfFiles(fds: readonly number[], isEndless: boolean): ThreadState {
    const kinds = new Set(fds.map((fd) => this.#kindOf(fd)));
    if (kinds.has('other')) return kinds.has('input') ? 'also' : 'other';
    if (kinds.has('input')) return isEndless ? 'only' : 'timed';
    return isEndless ? 'own' : 'other';
  }

  /** Returns the files that an epoll instance watches for input (proc_pid_fdinfo(5)). */
  #filesOf(epoll: number): number[] {
    const text = readFileSync(`/proc/${this.#pid}/fdinfo/${epoll}`, 'latin1');
    return [...text.matchAll(/^tfd:\s*(\d+)\s+events:\s*([0-9a-f]+)/gm)].flatMap(([, fd, events = '']) => {
      return (parseInt(events, 16) & 1) === 0 ? [] : [Number(fd)];
    });
  }

  /** Tells the job's input from files with which a process wakes itself, and from all others. */
  #kindOf(fd: number): 'input' | 'own' | 'other' {
    const path = `/proc/${this.#pid}/fd/${fd}`;
    const { dev, ino, rdev } = statSync(path);
    const { dev: inputDev, ino: inputIno, rdev: terminal } = this.#input;
    if (terminal === 0 ? dev === inputDev && ino === inputIno : rdev === terminal) return 'input';
    if (terminal !== 0 && rdev === CONTROLLING_TERMINAL && this.#controllingTerminal() === terminal)
      return 'input';
    const link = readlinkSync(path);
    if (/^anon_inode:\[?(eventfd|io_uring)\]?$/.test(link)) return 'own';
    return (this.#ownPipes().get(link) ?? 0) > 1 ? 'own' : 'other';
  }

  /** Returns how many ends of each pipe the process has. If it has both, it writes to itself. */
  #ownPipes(): ReadonlyMap<string, number> {
    if (this.#pipes !== undefined) return this.#pipes;
    const counts = new Map<string, number>();
    for (const name of readdirSync(`/proc/${this.#pid}/fd`)) {
      const link = readLink(`/proc/${this.#pid}/fd/${name}`);
      if (link.startsWith('pipe:')) counts.set(link, (counts.get(link) ?? 0) + 1);
    }
    return (this.#pipes = counts);
  }

  /** tty_nr in proc_pid_stat(5) */
  #controllingTerminal(): number {
    const text = readFileSync(`/proc/${this.#pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[4]);
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // The file was closed in the meantime.
    return '';
  }
}
