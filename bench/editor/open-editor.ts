/** A VS Code with an extension that answers the harness. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleTests } from '../../test/editor/bundle-tests.ts';
import { runSuite, type SuiteOptions } from '../../test/editor/run-suite.ts';
import type { EditorAnswer, EditorQuestion, EditorVerb } from './messages.ts';

const TIMEOUT_MS = 1_800_000;

export interface RunningEditor {
  ask(verb: EditorVerb, argument?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

export type EditorOptions = Required<Pick<SuiteOptions, 'extensionPath' | 'settings' | 'env'>> &
  Pick<SuiteOptions, 'fixtures' | 'prepare'> & {
    /** Folder for its socket and the bundle of the suite. */
    readonly folder: string;
  };

/** @throws Error if the editor exits before it answers */
export async function openEditor({ folder, ...options }: EditorOptions): Promise<RunningEditor> {
  const testsPath = await bundleTests(
    [join(import.meta.dirname, 'serve.in-editor.ts')],
    join(folder, 'tests.cjs'),
  );
  const address = join(folder, 'b');
  const server = createServer().listen(address);
  await once(server, 'listening');
  const connected = once(server, 'connection').then(([socket]) => socket as Socket);
  const ended = runSuite({
    ...options,
    testsPath,
    timeout: TIMEOUT_MS,
    env: { ...options.env, BACKGROUND_JOBS_BENCH_SOCKET: address },
  });
  const tooEarly = ended.then(({ results }): never => {
    throw new Error(`The editor has ended: ${results.map(({ error }) => error ?? '').join(' ')}`);
  });
  tooEarly.catch(() => undefined);
  const socket = await Promise.race([connected, tooEarly]).finally(() => server.close());
  const waiting = new Map<number, (answer: EditorAnswer) => void>();
  createInterface({ input: socket }).on('line', (line) => {
    const answer = JSON.parse(line) as EditorAnswer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let count = 0;
  return {
    async ask(verb, argument = {}) {
      const id = ++count;
      const answered = new Promise<EditorAnswer>((resolve) => waiting.set(id, resolve));
      socket.write(`${JSON.stringify({ id, verb, argument } satisfies EditorQuestion)}\n`);
      const { error, result } = await Promise.race([answered, tooEarly]);
      if (error !== undefined) throw new Error(error);
      return result;
    },
    async close() {
      socket.end();
      await ended;
    },
  };
}
