// The tests run in the extension host, so that their clocks are also those of the extension.

/** Runs an action with clocks that are ahead by a time (ms). */
export async function later(ms: number, action: () => Promise<unknown>): Promise<void> {
  const clocks = [Date, performance];
  const real = clocks.map((clock) => clock.now.bind(clock));
  clocks.forEach((clock, at) => (clock.now = () => real[at]!() + ms));
  try {
    await action();
  } finally {
    clocks.forEach((clock, at) => (clock.now = real[at]!));
  }
}

/** Runs an action while the monotonic clock stands still: to the extension it takes no time, however busy the machine is. */
export async function atOneMoment(action: () => Promise<unknown>): Promise<void> {
  const real = performance.now.bind(performance);
  const moment = real();
  performance.now = () => moment;
  try {
    await action();
  } finally {
    performance.now = real;
  }
}
