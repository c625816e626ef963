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
});

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
