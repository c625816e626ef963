// The runner process: `node runner.js <storage folder>`, detached. It prints one line of JSON to stdout when it listens, or
// when it cannot.
// After that it loads no more code, so that an update may delete its folder.
import { isExplained, messageOf } from '../base/error-message.ts';
import { systemProcessTable } from '../processes/system-process-table.ts';
import { RECORD_VERSION } from '../protocol/job-record.ts';
import { PROTOCOL_VERSION } from '../protocol/protocol-version.ts';
import { claim, findRunners, republish, type RunnerAddress, withdraw } from '../protocol/runner-address.ts';
import { PrivateFolder, sweepPrivateFolders } from '../sockets/private-folder.ts';
import { Runner } from './runner.ts';
import { RunnerServer } from './runner-server.ts';

/** How long a new runner waits for its first client. */
const FIRST_CLIENT_TIMEOUT_MS = 30_000;

async function main(storage: string): Promise<void> {
  const endsWithStarter =
    process.platform === 'win32' && (await import('./windows/prepare-runner.ts')).prepareRunner();
  const processes = systemProcessTable();
  const folder = new PrivateFolder();
  const runner = await Runner.create(storage, folder);
  const claimed: { generation?: number | undefined } = {};
  let isStopping = false;

  const stop = async (exitCode = 0): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    runner.refuseStarts();
    const { generation } = claimed;
    if (generation !== undefined) {
      // While the address exists there is no other runner of this version, so no other process rewrites the journal.
      await attempt(async () => {
        if ((await findRunners(storage, processes)).length === 1) runner.compactJournal();
      });
      // From now on managers start a new runner.
      await attempt(() => withdraw(storage, generation));
    }
    await attempt(() => runner.shutDown());
    server.close();
    await attempt(() => runner.dispose());
    await attempt(() => folder.remove());
    // Killed clients may have left folders, and this may be the last process of ours.
    await attempt(() => sweepPrivateFolders(processes));
    process.exit(exitCode);
  };
  const server = new RunnerServer(runner, folder, {
    onIdle: () => void stop(),
    onRenewed: (socket) => {
      address = { ...address, socket };
      if (claimed.generation !== undefined) republish(storage, claimed.generation, address);
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
  // On a full disk runner.log cannot grow. The error of each write to it would be logged below, without end.
  process.stderr.on('error', () => undefined);
  // All jobs would be lost with this process, so an error in one of them is logged and the others continue.
  process.on('uncaughtException', (error) => {
    console.error(error);
  });

  let address: RunnerAddress;
  try {
    address = {
      v: RECORD_VERSION,
      runner: runner.id,
      protocol: PROTOCOL_VERSION,
      pid: process.pid,
      pidStarted: (await processes.find(process.pid))?.started ?? '',
      bootId: await processes.bootId(),
      socket: await server.listen(),
      secret: server.secret,
    };
    const first = address;
    claimed.generation = await claim(storage, first, processes);
    if (claimed.generation !== undefined && address !== first)
      republish(storage, claimed.generation, address);
  } catch (error) {
    await reportFailure(error);
    return stop(1);
  }
  if (claimed.generation === undefined) return stop();
  server.expectClient(FIRST_CLIENT_TIMEOUT_MS);
  process.stdout.write(`${JSON.stringify({ endsWithStarter })}\n`);
}

/** Passes the reason to the process that starts the runner, if it is one that people can fix. */
async function reportFailure(error: unknown): Promise<void> {
  console.error(error);
  if (!isExplained(error)) return;
  const line = `${JSON.stringify({ error: messageOf(error) })}\n`;
  await new Promise<void>((resolve) => process.stdout.write(line, () => resolve()));
}

/** Logs errors: the runner must exit even if a step fails, for example because a folder is not writable. */
async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    console.error(error);
  }
}

const [, , storage] = process.argv;
if (storage === undefined) throw new Error('Usage: runner.js <storage folder>');
main(storage).catch(async (error: unknown) => {
  await reportFailure(error);
  process.exit(1);
});
