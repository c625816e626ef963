// Loaded with --require: moves the wall clock of this process by as many ms as the file says that CLOCK_OFFSET
// names, whenever that changes. The monotonic clock continues, as when an administrator sets the clock.
const { readFileSync } = require('node:fs');
const { env } = require('node:process');
const RealDate = Date;
function offset() {
  try {
    return Number(readFileSync(env.CLOCK_OFFSET, 'utf8')) || 0;
  } catch {
    return 0;
  }
}
const now = () => RealDate.now() + offset();
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now() {
    return now();
  }
};
