/** A model that knows one server's tools well, and takes the shortest way that it could know of. */
export interface Agent {
  /** Starts a development server; done when it has read that it is ready. */
  startServer(command: string): Promise<unknown>;
  /** Runs tests; done when it has read why one of them failed. */
  findFailure(command: string): Promise<unknown>;
  /** Starts a command that asks; done when it has read what its answer did. */
  answerPrompt(command: string): Promise<unknown>;
  /** Starts a build; done when it has read all that it said. */
  followBuild(command: string): Promise<unknown>;
  /** Knows nothing of what runs; done when it has been told that all of it is ended. */
  cleanUp(): Promise<unknown>;
  /** Ends the job and starts the command anew with GREETING=evening; done when it has read that it has it. */
  changeEnvironment(jobId: string, command: string): Promise<unknown>;
  /** Starts a job before the task begins; resolves with its id. */
  prepare(command: string): Promise<string>;
}
