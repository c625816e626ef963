import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { hasPage, inPage } from '../inside/page.ts';
import { writeTasks } from '../inside/task-files.ts';
import { test } from '../inside/test.ts';
import { until } from '../inside/until.ts';
import { callTool, choose, endJobs, fact, openSidebar, untilDone, untilRow } from './tools.ts';

const RUN_TASK = 'Background Jobs: Run Task in Background';
/** Long enough for a compiler on a busy machine. */
const PATIENCE_MS = 60_000;
const LONG = { timeout: 400_000 };

/** All problems that VS Code shows, as texts. */
function shownProblems(): string[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, diagnostics]) =>
      diagnostics.map(({ range, severity, message, source, code }) =>
        JSON.stringify([uri.fsPath, range, severity, message, source, code]),
      ),
    )
    .sort();
}

/** Returns what is left of a list if each entry of another list is taken out once. That one may have some that this one lacks. */
function withoutEach(list: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return list.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

async function untilProblems(what: string, isTrue: (found: readonly string[]) => boolean): Promise<void> {
  await until(what, () => isTrue(shownProblems()), PATIENCE_MS).catch((error: unknown) => {
    throw new Error(`${String(error)} ${shownProblems().join('\n')}`);
  });
}

async function runTaskOfEditor(label: string): Promise<void> {
  const task = (await vscode.tasks.fetchTasks()).find(({ name }) => name === label)!;
  const ended = new Promise<void>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution }) => {
      if (execution.task.name !== label) return;
      listener.dispose();
      resolve();
    });
  });
  await vscode.tasks.executeTask(task);
  await ended;
}

/** Prints lines exactly as they are, as a compiler does. */
function printer(lines: readonly string[]): Readonly<Record<string, unknown>> {
  return { type: 'process', command: 'printf', args: ['%s\n', ...lines] };
}

const TOOLS = process.env.BACKGROUND_JOBS_TEST_BIN ?? '';

const PROGRAMS: readonly Readonly<Record<string, unknown>>[] = [
  { label: 'tsc', type: 'shell', command: `${TOOLS}/tsc -p ts`, problemMatcher: '$tsc' },
  {
    label: 'tsc in a subfolder',
    ...{ type: 'shell', command: `${TOOLS}/tsc --pretty`, options: { cwd: '${workspaceFolder}/ts' } },
    problemMatcher: [{ base: '$tsc', owner: 'sub', fileLocation: ['relative', '${workspaceFolder}/ts'] }],
  },
  { label: 'eslint', type: 'shell', command: `${TOOLS}/eslint js`, problemMatcher: ['$eslint-stylish'] },
  {
    label: 'gcc',
    ...{ type: 'shell', command: 'LC_ALL=C gcc -Wall -c c/main.c c/other.c' },
    problemMatcher: {
      ...{ owner: 'cpp', source: 'gcc', fileLocation: ['autoDetect', '${workspaceFolder}'] },
      pattern: {
        regexp: '^(.*?):(\\d+):(\\d*):?\\s+(?:fatal\\s+)?(warning|error):\\s+(.*)$',
        ...{ file: 1, line: 2, column: 3, severity: 4, message: 5 },
      },
    },
  },
  {
    label: 'all kinds of places',
    ...printer([
      'js/a.js 1,2,1,5 E01 a range',
      'js/a.js 2,3 W02 a column',
      'js/a.js 3 I03 a line',
      'js/b.js 4 X04 no severity',
    ]),
    problemMatcher: {
      ...{ owner: 'places', severity: 'warning' },
      pattern: {
        regexp: '^(\\S+) (\\S+) ([A-Z])(\\d+) (.*)$',
        ...{ file: 1, location: 2, severity: 3, code: 4, message: 5 },
      },
    },
  },
  {
    label: 'whole files',
    ...printer(['bad js/a.js', 'other']),
    problemMatcher: { owner: 'files', pattern: { regexp: '^bad (.*)$', kind: 'file' } },
  },
  {
    label: 'several lines',
    ...printer(['FILE js/a.js', ' 3: one', ' 4: two', 'FILE js/b.js', ' 5: three', 'end']),
    problemMatcher: {
      owner: 'lines',
      pattern: [
        { regexp: '^FILE (.*)$', file: 1 },
        { regexp: '^ (\\d+): (.*)$', line: 1, message: 2, loop: true },
      ],
    },
  },
  {
    label: 'go and jshint',
    ...printer(['vet: ./js/a.js:5:2: bad', `\${workspaceFolder}/js/b.js: line 3, col 5, Missing. (W033)`]),
    problemMatcher: ['$go', '$jshint'],
  },
  {
    label: 'microsoft',
    ...printer([
      '${workspaceFolder}/js/a.js(3,5): error CS0103: no name',
      '${workspaceFolder}/js/b.js(4): warning C4996: old',
    ]),
    problemMatcher: '$msCompile',
  },
];

/**
 * How many problems each program reports. Files that are searched for are missing: VS Code's own search needs a program
 * that an installation without scripts lacks. src/problems has tests of them.
 */
const COUNTS: Readonly<Record<string, number>> = {
  tsc: 2,
  'tsc in a subfolder': 2,
  eslint: 3,
  gcc: 3,
  'all kinds of places': 4,
  'whole files': 1,
  'several lines': 3,
  'go and jshint': 2,
  microsoft: 2,
};

const SOURCES = {
  'ts/a.ts': 'export const count: number = "three";\nexport const other = missing;\n',
  'ts/tsconfig.json': '{ "compilerOptions": { "noEmit": true, "types": [] }, "files": ["a.ts"] }',
  'js/a.js': 'const x = 1;\nmissing();\n\n\n\n',
  'js/b.js': 'let y = ;\n\n\n\n\n\n',
  'eslint.config.mjs': "export default [{ rules: { 'no-undef': 'error', 'no-unused-vars': 'warn' } }];\n",
  'c/main.c': 'int main(void) {\n  int unused;\n  return x;\n}\n',
  'c/other.c': '#include "none.h"\n',
};

test('a round of a watcher replaces its problems, and a new job those of an older one', async (t) => {
  t.after(endJobs);
  const folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  // Other problems may still be removed with their files.
  const isOwn = (each: string): boolean =>
    ['a.js', 'b.js'].some((name) => each.includes(`"${join(folder, name)}"`));
  const untilOwn = (what: string, count: number): Promise<void> =>
    untilProblems(what, (found) => found.filter(isOwn).length === count);
  const matcher = {
    owner: 'rounds',
    pattern: { regexp: '^(\\w+\\.js):(\\d+) (.*)$', message: 3 },
    background: { activeOnStart: true, beginsPattern: '^begin', endsPattern: '^end' },
  };
  const problems = [JSON.stringify(matcher)];
  const started = await callTool('execute', { command: 'cat', name: 'rounds', problems });
  const send = (input: string) => callTool('interact', { job_id: fact(started, 'id'), input });
  await send('a.js:1 one\nb.js:2 two\nend');
  await untilOwn('two are shown', 2);
  await send('begin');
  await untilOwn('they are cleared', 0);
  await send('a.js:3 three\nend');
  await untilOwn('one is shown', 1);
  await callTool('kill', { job_id: 'rounds' });
  await untilOwn('none is left of a watcher that ended', 0);

  const build = { name: 'build', problems: ['$gcc'], wait_s: 45 };
  await callTool('execute', { command: 'echo a.js:1:1: error: first; exit 1', ...build });
  await untilProblems('the first is shown', (found) => found.some((each) => each.includes('first')));
  await callTool('execute', { command: 'echo a.js:1:1: error: second; exit 1', ...build });
  await untilProblems(
    'the second replaces it',
    (found) => found.some((each) => each.includes('second')) && !found.some((each) => each.includes('first')),
  );
  await vscode.commands.executeCommand('backgroundJobs.clearFinished');
  await untilOwn('they are removed with their jobs', 0);
});

for (const [label, count] of Object.entries(COUNTS)) {
  test(
    `shows the same problems of ${label} as Run Task of VS Code, and removes them with the job`,
    async (t) => {
      if (!hasPage) t.skip('needs a page');
      t.after(endJobs);
      await writeTasks(
        t,
        PROGRAMS.filter((each) => each.label === label),
        SOURCES,
      );
      // Problems of the last test may be removed with its files at any moment.
      const before = shownProblems();
      const ownProblems = (): string[] => withoutEach(shownProblems(), before);
      const areSame = (wanted: readonly string[]): boolean => isDeepStrictEqual(ownProblems(), wanted);
      // On a busy machine VS Code itself has missed a problem of its task.
      await untilDone(async () => {
        await runTaskOfEditor(label);
        await until(`VS Code reports ${count}`, () => ownProblems().length === count, 10_000);
      });
      const expected = ownProblems();
      await choose(RUN_TASK, label);
      const twice = [...expected, ...expected].sort();
      await untilProblems(
        `${label} in the background reports the same: ${twice.join('\n')}\nbut found:`,
        () => areSame(twice),
      );
      await callTool('wait', { job_ids: [label] });
      await vscode.commands.executeCommand('backgroundJobs.clearFinished');
      await untilProblems('they are removed', () => areSame(expected));
    },
    LONG,
  );
}

test('a click on a problem of a job opens its line, and the row counts the errors', async (t) => {
  if (!hasPage) t.skip('needs a page');
  t.after(endJobs);
  await writeTasks(t, [], { 'js/a.js': '1\n2\n3\n4\n' });
  const command = 'echo js/a.js:3:1: error: broken by a job; echo js/a.js:4:1: error: and again; exit 1';
  await callTool('execute', { command, name: 'clicked', problems: ['$gcc'], wait_s: 45 });
  await openSidebar();
  await untilRow('clicked, failed · 2 errors');
  const isSelected = (): boolean => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.uri.fsPath.endsWith('a.js') === true && editor.selection.active.line === 2;
  };
  // The panel may be drawn again between the clicks.
  await untilDone(async () => {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await inPage((page) => page.getByText('broken by a job').first().dblclick({ timeout: 5000 }));
    await until('the line is selected', isSelected, 5000);
  });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});

test('uses the matchers of installed extensions, and shows problems of files outside of the workspace', async (t) => {
  t.after(endJobs);
  const reply = await callTool('execute', {
    ...{ command: 'echo "Bad in /x.less on line 3, column 4"', problems: ['$lessc'], wait_s: 45 },
  });
  assert.match(reply, /^\/x\.less:3:4 error Bad$/m);
  await until('it is in the panel', () =>
    vscode.languages.getDiagnostics(vscode.Uri.file('/x.less')).some(({ message }) => message === 'Bad'),
  );
});
