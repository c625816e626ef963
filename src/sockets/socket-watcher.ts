import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** How often the socket is checked if its folder cannot be watched. */
const CHECK_INTERVAL_MS = 30_000;

/** Calls back once when a socket was removed. Cleanup tools for temporary folders remove files that look old. */
export function watchSocket(path: string, onRemoved: () => void): { close(): void } {
  let isOver = false;
  const look = (): void => {
    if (isOver || existsSync(path)) return;
    close();
    onRemoved();
  };
  const watcher = watchFolder(dirname(path), look);
  const close = (): void => {
    isOver = true;
    watcher.close();
  };
  // It may have been removed before the watch began.
  setImmediate(look);
  return { close };
}

/** Calls back when something in a folder may have changed. */
function watchFolder(folder: string, listener: () => void): { close(): void } {
  try {
    const watcher = watch(folder, { persistent: false }, listener);
    // A folder that was removed cannot be watched any more. The listener has been called for that.
    return watcher.on('error', () => undefined);
  } catch {
    // The system limits the watches of a user (inotify(7)), and other programs may have used them up.
    const timer = setInterval(listener, CHECK_INTERVAL_MS).unref();
    return { close: () => clearInterval(timer) };
  }
}
