/** Runs in the extension host. Answers the harness until it disconnects. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { inPage } from '../../test/editor/inside/page.ts';
import { test } from '../../test/editor/inside/test.ts';
import { callTool } from '../../test/editor/suites/tools.ts';
import { openChat, showCards } from './chat-cards.ts';
import type { EditorAnswer, EditorQuestion, EditorVerb, MeterReading } from './messages.ts';

const HOUR = 3_600_000;
/** Interval between two samples of the event loop, in ms. */
const RESOLUTION = 5;
const EXTENSION = 'agent-tools.background-jobs';

let histogram: IntervalHistogram | undefined;
let cpuBefore: NodeJS.CpuUsage | undefined;

type Answerer = (argument: Readonly<Record<string, unknown>>) => unknown;

const answerers: Record<EditorVerb, Answerer> = {
  callTool: ({ name, args }) => callTool(String(name), args as Record<string, unknown>),
  startMeter() {
    cpuBefore = process.cpuUsage();
    histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    histogram.enable();
  },
  stopMeter(): MeterReading {
    const { user, system } = process.cpuUsage(cpuBefore);
    histogram?.disable();
    // Each sample is the time since the last one, and the interval itself is not a delay.
    const delay = (nanoseconds = NaN): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
    return {
      p99: delay(histogram?.percentile(99)),
      max: delay(histogram?.max),
      cpu: (user + system) / 1000,
    };
  },
  /** Bytes in use after a garbage collection. */
  memory() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
  activationTime,
  openChat,
  showCards: ({ commands }) => showCards(commands as string[]),
  hideChat: () => vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar'),
  showView: () => vscode.commands.executeCommand('backgroundJobs.jobs.focus'),
  hideView: () => vscode.commands.executeCommand('workbench.view.explorer'),
  openOutput: ({ label, text }) =>
    inPage(
      async (page, { label, text }) => {
        const row = page.locator(`.pane-body [role="treeitem"][aria-label^="${label}"]`).first();
        await row.waitFor();
        const begin = performance.now();
        await row.click();
        await page.locator('.panel .xterm-rows > div').filter({ hasText: text }).first().waitFor();
        return performance.now() - begin;
      },
      { label: String(label), text: String(text) },
    ),
};

/**
 * Time in ms to load the code and to run `activate`, from VS Code's own marks in the extension host. *Show Running
 * Extensions* does not help: it starts the clock of all extensions that wait for the same event at once, although they
 * load one after another, so it charges each extension with the loading of the previous ones.
 */
async function activationTime(): Promise<number> {
  await vscode.extensions.getExtension(EXTENSION)!.activate();
  const { MonacoPerformanceMarks } = globalThis as unknown as {
    MonacoPerformanceMarks: { getMarks(): { name: string; startTime: number }[] };
  };
  const marks = MonacoPerformanceMarks.getMarks();
  const find = (what: string): number => {
    const at = marks.findIndex(({ name }) => name === `code/extHost/${what}/${EXTENSION}`);
    if (at === -1) throw new Error(`VS Code has set no mark ${what}`);
    return at;
  };
  const time = (at: number): number => marks[at]!.startTime;
  const load = time(find('didLoadExtensionCode')) - time(find('willLoadExtensionCode'));
  // The mark of its end is set only after other extensions ran. The begin of the next one is closer.
  const activate = find('willActivateExtension');
  return load + time(activate + 1) - time(activate);
}

test(
  'answers the benchmark',
  async () => {
    const socket = connect(process.env.BACKGROUND_JOBS_BENCH_SOCKET ?? '');
    await once(socket, 'connect');
    const reply = async ({ id, verb, argument }: EditorQuestion): Promise<void> => {
      let answer: EditorAnswer;
      try {
        answer = { id, result: await answerers[verb](argument) };
      } catch (error) {
        answer = { id, error: error instanceof Error ? error.message : String(error) };
      }
      socket.write(`${JSON.stringify(answer)}\n`);
    };
    createInterface({ input: socket }).on('line', (line) => void reply(JSON.parse(line) as EditorQuestion));
    await once(socket, 'close');
  },
  { timeout: HOUR },
);
