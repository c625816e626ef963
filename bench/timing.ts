import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds since `start`, a value of process.hrtime.bigint(). */
export function millisecondsSince(start: bigint, end = process.hrtime.bigint()): number {
  return Number(end - start) / 1e6;
}

/** Settles as `work` does, or rejects after `seconds`. */
export async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not finished within ${String(seconds)} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `action` and returns its duration in ms. */
export async function timed<T>(action: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const begin = process.hrtime.bigint();
  const result = await action();
  return { result, ms: millisecondsSince(begin) };
}

/** Durations in ms (at least one) of `call`, one call after the other, until `work` is done. Rejects if `work` does. */
export async function timesDuring(
  work: Promise<unknown>,
  call: () => Promise<unknown>,
  pauseMs: number,
): Promise<number[]> {
  const state = { isDone: false };
  const end = work.finally(() => (state.isDone = true));
  end.catch(() => undefined);
  const times: number[] = [];
  do {
    times.push((await timed(call)).ms);
    await sleep(pauseMs);
  } while (!state.isDone);
  await end;
  return times;
}
