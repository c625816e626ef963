import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { koffiPath } from '../../processes/windows/native-module.ts';

/** How long the helper may take. Loading Node and the native module takes most of the time. */
const HELPER_TIMEOUT_MS = 10_000;

/**
 * Attaches to the console of each process and presses Ctrl+C there, in one console once. It exits with 0 if it has pressed
 * any. GetConsoleProcessList tells which processes share the console.
 */
const HELPER = `
const koffi = require(process.argv[1]);
const kernel32 = koffi.load('kernel32.dll');
const call = (prototype) => kernel32.func(prototype);
const free = call('int FreeConsole()');
const attach = call('int AttachConsole(uint32)');
const list = call('uint32 GetConsoleProcessList(_Out_ uint32 *, uint32)');
const handle = call('int SetConsoleCtrlHandler(void *, int)');
const generate = call('int GenerateConsoleCtrlEvent(uint32, uint32)');
const done = new Set();
let isPressed = false;
free();
for (const pid of process.argv.slice(2).map(Number)) {
  if (done.has(pid) || attach(pid) === 0) continue;
  const pids = new Array(256).fill(0);
  const count = Math.min(list(pids, pids.length), pids.length);
  for (const each of [pid, ...pids.slice(0, count)]) done.add(each);
  handle(null, 1);
  if (generate(0, 0) !== 0) isPressed = true;
  free();
}
process.exitCode = isPressed ? 0 : 1;
`;

/**
 * Presses Ctrl+C in the consoles of processes. A helper does that, since the process that presses it gets it as well, and
 * has to ignore it, which processes that it starts in the meantime would inherit.
 *
 * @returns false if none of the processes has a console, or the helper cannot run
 */
export async function interruptConsoles(pids: readonly number[]): Promise<boolean> {
  try {
    const args = ['-e', HELPER, koffiPath(), ...pids.map(String)];
    const helper = spawn(process.execPath, args, {
      // ELECTRON_RUN_AS_NODE makes an Electron binary behave like Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      windowsHide: true,
      stdio: 'ignore',
      timeout: HELPER_TIMEOUT_MS,
    });
    const [code] = (await once(helper, 'exit')) as [number | null];
    return code === 0;
  } catch (error) {
    // The package was removed by an update. Then the job can only be ended.
    console.error(error);
    return false;
  }
}
