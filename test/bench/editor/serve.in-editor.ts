/** Runs in the extension host: answers the harness until it hangs up. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { inPage } from '../../editor/inside/page.ts';
import { test } from '../../editor/inside/test.ts';
import { callTool } from '../../editor/suites/tools.ts';
import type { EditorAnswer, EditorQuestion, EditorVerb, MeterReading } from './messages.ts';

const HOUR = 3_600_000;
/** ms between two looks at the event loop. */
const RESOLUTION = 5;
const RUNTIME_EXTENSIONS = 'workbench.action.showRuntimeExtensions';

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
    // It counts from one look to the next, of which the pause between them is no delay.
    const delay = (nanoseconds = NaN): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
    return {
      p99: delay(histogram?.percentile(99)),
      max: delay(histogram?.max),
      cpu: (user + system) / 1000,
    };
  },
  /** Bytes that are still in use after garbage was collected. */
  memory() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
  async activationTime() {
    await vscode.commands.executeCommand(RUNTIME_EXTENSIONS);
    return inPage(async (page) => {
      const row = page
        .locator('.runtime-extensions-editor .extension')
        .filter({ hasText: 'background-jobs' });
      const text = await row.first().innerText();
      const ms = /Activation:?\s*(\d+)\s*ms/i.exec(text)?.[1];
      if (ms === undefined) throw new Error(`No activation time in: ${text}`);
      return Number(ms);
    });
  },
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
