import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interrupt } from './interrupt.ts';

test('a job that exits within the grace after an interrupt ended because of it', () => {
  const interrupt = new Interrupt();
  assert.equal(interrupt.causeOf(0, null, 1000), undefined);
  interrupt.sent('SIGINT', 'agent');
  assert.equal(interrupt.causeOf(0, null, 1000), 'agent');
  assert.equal(interrupt.causeOf(0, null, -1), undefined);
  assert.equal(interrupt.causeOf(130, null, -1), 'agent');
});

test('a job that exits while a helper sends the interrupt ended because of it, however long that takes', async () => {
  const interrupt = new Interrupt();
  const { promise, resolve } = withResolvers<boolean>();
  const sending = interrupt.sending('SIGINT', 'agent', () => promise);
  assert.equal(interrupt.causeOf(0, null, 0), 'agent');
  resolve(true);
  assert.equal(await sending, true);
  assert.equal(interrupt.causeOf(0, null, 1000), 'agent');
  assert.equal(interrupt.causeOf(0, null, -1), undefined);
});

test('an interrupt that could not be sent is not the cause of the end', async () => {
  const interrupt = new Interrupt();
  assert.equal(await interrupt.sending('SIGINT', 'agent', () => Promise.resolve(false)), false);
  assert.equal(interrupt.causeOf(0, null, 1000), undefined);
  const fail = (): Promise<never> => Promise.reject(new Error('failed'));
  await assert.rejects(interrupt.sending('SIGINT', 'agent', fail));
  await assert.rejects(interrupt.typing({ ...TYPED, text: '\x03' }, fail));
  assert.equal(interrupt.causeOf(0, null, 1000), undefined);
});

const TYPED = { eof: false, hasSignals: true, by: 'person' } as const;
const written = () => Promise.resolve('written' as const);

for (const [input, more] of [
  ['text', { text: 'exit(4)\r' }],
  ['text while the terminal sends no signals', { text: 'exit(4)\r', hasSignals: false }],
  ['the end of file', { text: '', eof: true }],
  ['the end of file through a pipe', { text: '', eof: true, hasSignals: false }],
] as const) {
  test(`a job that exits after ${input} followed an interrupt ended by itself`, async () => {
    const interrupt = new Interrupt();
    interrupt.sent('SIGINT', 'agent');
    assert.equal(await interrupt.typing({ ...TYPED, ...more }, written), 'written');
    assert.equal(interrupt.causeOf(0, null, 1000), undefined);
    assert.equal(interrupt.causeOf(130, null, 1000), undefined);
    // The program cannot have died of anything else.
    assert.equal(interrupt.causeOf(null, 'SIGINT', 1000), 'agent');
    assert.equal(interrupt.causeOf(0xc000013a, null, 1000), 'agent');
  });
}

test('input that is refused after an interrupt does not show that the job survived it', async () => {
  const interrupt = new Interrupt();
  interrupt.sent('SIGINT', 'agent');
  await interrupt.typing({ ...TYPED, text: 'late\r' }, () => Promise.resolve('closed'));
  assert.equal(interrupt.causeOf(0, null, 1000), 'agent');
});

test('a key of an interrupt counts wherever it is typed, and once more as a character', async () => {
  const interrupt = new Interrupt();
  await interrupt.typing({ ...TYPED, text: 'abc\x03\x03' }, written);
  assert.equal(interrupt.causeOf(0, null, 1000), 'person');
  await interrupt.typing({ ...TYPED, text: '\x03', hasSignals: false }, written);
  assert.equal(interrupt.causeOf(0, null, 1000), 'person');
  await interrupt.typing({ ...TYPED, text: '\x03\r' }, written);
  assert.equal(interrupt.causeOf(0, null, 1000), undefined);
  assert.equal(interrupt.causeOf(null, 'SIGINT', 1000), 'person');
});

test('input while a helper sends the interrupt counts as input after it', async () => {
  const interrupt = new Interrupt();
  const { promise, resolve } = withResolvers<boolean>();
  const sending = interrupt.sending('SIGINT', 'agent', () => promise);
  await interrupt.typing({ ...TYPED, text: 'exit\r' }, written);
  resolve(true);
  await sending;
  assert.equal(interrupt.causeOf(0, null, 1000), undefined);
});

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
