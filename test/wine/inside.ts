// Runs under Wine: `node.exe inside.ts <report> <test files>`. Runs the tests in this process, since a process costs half a
// second there, and appends a line to the report for each test.
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import type { ReportedTest } from './report.ts';

const [, , report = '', ...files] = process.argv;

interface Details {
  readonly name: string;
  readonly file?: string;
  readonly skip?: string | boolean;
  readonly details: { readonly duration_ms: number; readonly type?: string; readonly error?: Error };
}

function add({ name, file = '', skip, details }: Details): void {
  if (details.type === 'suite') return;
  const line: ReportedTest = {
    file: basename(file),
    name,
    skip: skip === undefined || skip === false ? undefined : String(skip),
    error: details.error && inspect(details.error.cause ?? details.error),
    durationMs: Math.round(details.duration_ms),
  };
  appendFileSync(report, `${JSON.stringify(line)}\n`);
}

// The types are of Node 20, which has no such option.
const events = run({ files, isolation: 'none' } as Parameters<typeof run>[0]);
events.on('test:pass', add).on('test:fail', add);
// What a failed test left open must not keep this process alive.
events.on('end', () => process.exit());
events.resume();
