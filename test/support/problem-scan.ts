import type { TestContext } from 'node:test';
import { LogWriter } from '../../src/log/store/log-writer.ts';
import { MatcherRegistry } from '../../src/problems/matcher-registry.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { type ScanEvent, scanProblems, type ScanState } from '../../src/problems/problem-scan.ts';
import type { ProblemMatcher } from '../../src/protocol/problem-matcher.ts';
import { scratchFolder } from './scratch.ts';

/** Looks for problems in text, as the output of a job that has ended. */
export function scanText(
  context: TestContext,
  text: string,
  matchers: readonly unknown[],
  cwd = '/project',
): ScanEvent[] {
  return [...scanParts(context, [text], matchers, cwd)];
}

/** Looks for problems after each part of the output. */
export function* scanParts(
  context: TestContext,
  parts: readonly string[],
  references: readonly unknown[],
  cwd = '/project',
): Generator<ScanEvent> {
  const folder = scratchFolder(context);
  const matchers = resolveAll(references, cwd);
  const writer = new LogWriter(folder, 1 << 26);
  let state: ScanState | undefined;
  for (const [at, part] of parts.entries()) {
    writer.write('stdout', Buffer.from(part), Buffer.byteLength(part));
    for (let more = true; more;) {
      const ended = at === parts.length - 1;
      const request = { folder, matchers, cwd, state, ended, room: 1000, maxProblems: 1000 };
      const result = scanProblems(request);
      yield* result.events;
      ({ state, more } = result);
    }
  }
  writer.close();
}

/** Returns matchers whose variables are replaced by a folder. */
function resolveAll(references: readonly unknown[], cwd: string): readonly ProblemMatcher[] {
  const text = JSON.stringify(new MatcherRegistry().resolve(references));
  return JSON.parse(text.replaceAll(/\$\{(?:workspaceFolder|cwd)\}/g, cwd)) as ProblemMatcher[];
}

/** Describes the problems in the form `file:line:column severity code message`. */
export function describeProblems(events: readonly ScanEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'problem' ? [describe(event.problem)] : []));
}

function describe({ file, line, column, severity, code, message }: Problem): string {
  return [[file, line, column].filter((part) => part !== undefined).join(':'), severity, code, message]
    .filter((part) => part !== undefined)
    .join(' ');
}
