/** Milliseconds since `start`, a reading of process.hrtime.bigint(). */
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
