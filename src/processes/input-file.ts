/** The stdin or the terminal of a job, by the numbers of stat(2). A terminal is known by its device number. */
export interface InputFile {
  readonly dev: number;
  readonly ino: number;
  /** Device number of a terminal; 0 for a pipe. */
  readonly rdev: number;
}

/**
 * How the processes of a job wait for input. `only`: one of them waits for nothing else. `timed`: one of them waits for
 * input or for a time, as Node does for 8 s after it was busy, before it collects garbage. `also`: one of them waits for
 * something else, too, as a server with a listener for its stdin does. `unknown`: the system does not show it.
 */
export type InputReader = 'only' | 'timed' | 'also' | 'none' | 'unknown';
