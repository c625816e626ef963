import { mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { removeFolder } from '../../src/base/remove-folder.ts';

type Context = Pick<TestContext, 'after'>;
const pending = new WeakMap<Context, (() => unknown)[]>();

/** Runs an action at the end of a test, the last registered first. The order of node:test would remove folders in use. */
export function atEnd(context: Context, action: () => unknown): void {
  const actions = pending.get(context);
  if (actions !== undefined) {
    actions.push(action);
    return;
  }
  const list = [action];
  pending.set(context, list);
  context.after(async () => {
    for (const each of list.reverse()) await each();
  });
}

/** Creates a folder that is removed when the test ends. */
export function scratchFolder(context: Context): string {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  atEnd(context, () => removeFolder(folder, { maxRetries: 10 }));
  return folder;
}

/** Removes a folder in which another process may create files just now: none can once it has another name. */
export function removeUsedFolder(path: string): void {
  const gone = join(dirname(path), `gone-${basename(path)}`);
  renameSync(path, gone);
  removeFolder(gone, { maxRetries: 10 });
}
