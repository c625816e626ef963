import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { agentMode, type Script } from '../inside/agent-mode.ts';
import { hasPage, screenshot } from '../inside/page.ts';
import { test } from '../inside/test.ts';
import { endJobs, fact, openSidebar, untilRow } from './tools.ts';

const TSC = join(process.env.BACKGROUND_JOBS_TEST_BIN ?? '', 'tsc');
const GOOD = 'export const count: number = 3;\n';
const BAD = 'export const count: number = "three";\n';
const ERROR = "Type 'string' is not assignable to type 'number'.";
/** Copilot Chat and a compiler take their time to start. */
const PATIENCE = { timeout: 400_000 };

/** The problems of a file that the Problems panel shows. */
function shownProblems(file: string): string[] {
  return vscode.languages.getDiagnostics(vscode.Uri.file(file)).map(({ message }) => message);
}

test(
  'an agent edits and compiles in a loop: each wait names the errors of the round, and Copilot sees them, too',
  async (t) => {
    if (!hasPage) t.skip('needs a page');
    t.after(endJobs);
    const folder = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'loop');
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(folder, { recursive: true });
    const options = { noEmit: true, types: [], skipLibCheck: true };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['a.ts'] }),
    );
    const file = join(folder, 'a.ts');
    writeFileSync(file, GOOD);
    const untilReady = (input: Readonly<Record<string, unknown>> = {}) => ({
      tool: 'wait',
      input: { job_ids: ['watch'], until: 'ready', wait_s: 45, ...input },
    });
    let round = untilReady();
    /** Waits for the round after an earlier reply. */
    const nextRound = (reply = '') => (round = untilReady({ cursors: [Number(fact(reply, 'next_cursor'))] }));
    const isLate = (reply: string): boolean => reply.includes(' reason=timeout ');
    /** A turn that follows a round. On a busy machine the model waits for the round once more. */
    const afterRound =
      (turn: Extract<Script[number], (...results: never) => unknown>): Script[number] =>
      (results) =>
        isLate(results.at(-1) ?? '')
          ? { ...round, again: true }
          : turn(results.filter((each) => !isLate(each)));
    const shown: string[][] = [];
    const lookAtErrors = () => {
      shown.push(shownProblems(file));
      return { tool: 'get_errors', input: { filePaths: [file] } };
    };
    const agent = await agentMode('Compile the project whenever a file changes, and fix its errors.', [
      {
        tool: 'execute',
        input: { command: `${TSC} --watch`, name: 'watch', cwd: folder, problems: ['auto'] },
      },
      round,
      afterRound(([, first]) => {
        writeFileSync(file, BAD);
        return nextRound(first);
      }),
      afterRound(lookAtErrors),
      afterRound(([, , broken]) => {
        writeFileSync(file, GOOD);
        return nextRound(broken);
      }),
      afterRound(lookAtErrors),
      { text: 'It compiles.' },
    ]);
    const results = agent.results.filter((each) => !isLate(each));
    const [started = '', first = '', broken = '', seen = '', fixed = '', seenLater = ''] = results;
    assert.match(started, / status=running .*matchers="\$tsc-watch"$/);
    assert.match(first, / reason=ready .*errors=0 .*\nNo problems\.$/s);
    assert.match(broken, / reason=ready .*problems=1 errors=1 /);
    assert.ok(broken.endsWith(`a.ts:1:14 error ${ERROR} (2322)`), broken);
    assert.ok(seen.includes(ERROR), seen);
    assert.match(fixed, / reason=ready .*errors=0 .*\nNo problems\.$/s);
    assert.ok(!seenLater.includes(ERROR), seenLater);
    assert.deepEqual(shown, [[ERROR], []]);
    await openSidebar();
    await untilRow('watch, ready · ');
    writeFileSync(file, BAD);
    await untilRow('watch, ready · 1 error · ');
    await screenshot('a watcher with an error');
  },
  PATIENCE,
);
