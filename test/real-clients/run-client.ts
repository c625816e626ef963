import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { startCopilotApi } from '../agent-host/copilot-api.ts';
import type { ModelRequest, Script } from '../agent-host/script.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import type { RealClient, ServerCommand } from './clients.ts';

/** How long a client may take. On a busy machine, some take half a minute to start. */
const TIMEOUT_MS = 300_000;

/** Variables that every program needs. The client gets no others of this process, and an empty home. */
const KEPT_VARIABLES = ['PATH', 'TMPDIR', 'BACKGROUND_JOBS_TEST_RUN', 'SystemRoot'];

/**
 * Lets a client answer a prompt with a scripted model on loopback.
 *
 * @param folder where the client is installed
 * @returns the requests to the model
 */
export async function runClient(
  t: TestContext,
  client: RealClient,
  { folder, server, script }: { folder: string; server: ServerCommand; script: Script },
): Promise<readonly ModelRequest[]> {
  const model = await startCopilotApi();
  atEnd(t, () => {
    model.close();
  });
  const home = scratchFolder(t);
  const { command, args, env } = client.configure({ folder, home, origin: model.origin, server });
  const kept = KEPT_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const played = model.play(script);
  // Only the error of the client says why the script was not played to its end.
  played.catch(() => undefined);
  const child = spawn(command, [...args, 'Do it in the background.'], {
    cwd: home,
    env: { ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  atEnd(t, () => {
    child.kill('SIGKILL');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const requests = model.requests();
  if (code === 0) return Promise.race([played, Promise.resolve(requests)]);
  const results = JSON.stringify(requests.at(-1)?.results ?? []);
  throw new Error(
    `${client.name} ended with ${code ?? signal ?? 'nothing'}: ${output.slice(-3000)}\n${results}`,
  );
}
