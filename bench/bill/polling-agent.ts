/** Servers whose tools cannot wait, so a model polls. */
import { NotOffered } from '../peer.ts';
import type { Agent } from './agent.ts';
import { lookUntil, SIGNS } from './story.ts';

/** Operations of such a server, each in one call. */
export interface PollingTools {
  /** Starts a command. Resolves with its id and, if the server returns it, the output so far. */
  start(command: string, env?: Readonly<Record<string, string>>): Promise<{ id: string; text: string }>;
  /** New output, or the last lines if the server cannot report what is new. */
  look(id: string): Promise<string>;
  /** The last few lines. */
  lookAtEnd(id: string): Promise<string>;
  /** Growing parts of the output, from its end, until the whole output was read. */
  earlier(id: string): AsyncIterable<string>;
  /** Sends a line. Resolves with the answer if the server waits for one. */
  send?(id: string, line: string): Promise<string>;
  running(): Promise<string[]>;
  end(id: string): Promise<unknown>;
  endAll?(): Promise<unknown>;
}

export function pollingAgent(tools: PollingTools): Agent {
  /** Starts a command and polls until the text appears. */
  const startUntil = async (sign: RegExp, command: string, look: (id: string) => Promise<string>) => {
    const { id, text } = await tools.start(command);
    if (!sign.test(text)) await lookUntil(sign, () => look(id));
    return id;
  };
  return {
    startServer: (command) => startUntil(SIGNS.ready, command, (id) => tools.look(id)),
    async findFailure(command) {
      const id = await startUntil(SIGNS.summary, command, (id) => tools.lookAtEnd(id));
      for await (const text of tools.earlier(id)) if (SIGNS.failure.test(text)) return;
      throw new NotOffered('The failure is not kept.');
    },
    async answerPrompt(command) {
      if (tools.send === undefined) throw new NotOffered('It cannot send input.');
      const id = await startUntil(SIGNS.question, command, (id) => tools.look(id));
      const text = await tools.send(id, 'y');
      if (!SIGNS.answered.test(text)) await lookUntil(SIGNS.answered, () => tools.look(id));
    },
    followBuild: (command) => startUntil(SIGNS.built, command, (id) => tools.look(id)),
    async cleanUp() {
      const ids = await tools.running();
      if (tools.endAll !== undefined) await tools.endAll();
      else for (const id of ids) await tools.end(id);
    },
    async changeEnvironment(jobId, command) {
      await tools.end(jobId);
      const { id, text } = await tools.start(command, { GREETING: 'evening' });
      if (!SIGNS.greeting.test(text)) await lookUntil(SIGNS.greeting, () => tools.look(id));
    },
    async editAndCompile(command, { breakFile, repairFile }) {
      const id = await startUntil(SIGNS.repaired, command, (id) => tools.look(id));
      await breakFile();
      await lookUntil(SIGNS.broken, () => tools.look(id));
      await repairFile();
      await lookUntil(SIGNS.repaired, () => tools.look(id));
    },
    prepare: async (command) => (await tools.start(command)).id,
  };
}
