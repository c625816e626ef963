/** Changes of a file, which another tool of the model makes. */
interface Edits {
  readonly breakFile: () => Promise<unknown>;
  readonly repairFile: () => Promise<unknown>;
}

/** A model that knows the tools of one server well and takes the shortest way. */
export interface Agent {
  /** Starts a development server and reads until the server is ready. */
  startServer(command: string): Promise<unknown>;
  /** Runs tests and reads until it knows why one of them failed. */
  findFailure(command: string): Promise<unknown>;
  /** Starts a command that asks a question, answers, and reads the result. */
  answerPrompt(command: string): Promise<unknown>;
  /** Starts a build and reads its whole output. */
  followBuild(command: string): Promise<unknown>;
  /** Finds all running jobs without knowing them, and stops them. */
  cleanUp(): Promise<unknown>;
  /** Restarts the job with GREETING=evening and reads that the variable is set. */
  changeEnvironment(jobId: string, command: string): Promise<unknown>;
  /** Starts a compiler that watches files, breaks a file, reads its errors, repairs it, and reads that there are none. */
  editAndCompile(command: string, edits: Edits): Promise<unknown>;
  /** Starts a job before the task begins. Resolves with its id. */
  prepare(command: string): Promise<string>;
}
