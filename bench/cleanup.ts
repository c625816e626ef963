/** Cleanup that runs even if the benchmark is interrupted. It is synchronous, because Node is exiting. */

const pending = new Set<() => void>();

/** Registers `action` to run at exit. Returns a function that removes it. */
export function atExit(action: () => void): () => void {
  pending.add(action);
  return () => {
    pending.delete(action);
  };
}

process.on('exit', () => {
  for (const action of pending) action();
});
// SIGINT and SIGTERM would otherwise end the process without an 'exit' event.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
