import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { whenFree, whenFreeAsync } from './busy-files.ts';

function onWindows(t: TestContext): void {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'win32' });
  t.after(() => Object.defineProperty(process, 'platform', { value: platform }));
}

/** Fails a number of times with an error of the system. */
function failing(
  times: number,
  code: string,
): { readonly calls: () => number; readonly action: () => number } {
  let calls = 0;
  const action = (): number => {
    if (calls++ < times) throw Object.assign(new Error(code), { code });
    return calls;
  };
  return { calls: () => calls, action };
}

for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
  // Promise: windows-busy-files
  test(`on Windows, a file that answers ${code} is tried again`, async (t) => {
    onWindows(t);
    // A busy machine does not use up the time for the attempts.
    t.mock.method(performance, 'now', () => 0);
    assert.equal(whenFree(failing(3, code).action), 4);
    const { action } = failing(3, code);
    assert.equal(await whenFreeAsync(async () => action()), 4);
  });
}

test('on Windows, a file that stays busy is an error', async (t) => {
  onWindows(t);
  assert.throws(() => whenFree(failing(Infinity, 'EBUSY').action), { code: 'EBUSY' });
  const { action } = failing(Infinity, 'EBUSY');
  await assert.rejects(
    whenFreeAsync(async () => action()),
    { code: 'EBUSY' },
  );
});

test('other errors, and other systems, are not tried again', async (t) => {
  const elsewhere = failing(1, 'EPERM');
  if (process.platform !== 'win32') {
    assert.throws(() => whenFree(elsewhere.action), { code: 'EPERM' });
    assert.equal(elsewhere.calls(), 1);
  }
  onWindows(t);
  const missing = failing(1, 'ENOENT');
  assert.throws(() => whenFree(missing.action), { code: 'ENOENT' });
  assert.equal(missing.calls(), 1);
});
