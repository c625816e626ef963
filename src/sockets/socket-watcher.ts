import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** How often (ms) a socket is looked for where no more folders can be watched. */
const LOOK_INTERVAL = 30_000;

/** Calls back, once, when a socket was removed: cleaners of temporary folders take what looks old. */
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
  // It may have been removed before it was watched.
  setImmediate(look);
  return { close };
}

/** Calls back when something in a folder changed, or might have. */
function watchFolder(folder: string, listener: () => void): { close(): void } {
  try {
    const watcher = watch(folder, { persistent: false }, listener);
    return watcher.on('error', () => undefined);
  } catch {
    // The system allows each user a number of watches only (inotify(7)), which other programs use up.
    const timer = setInterval(listener, LOOK_INTERVAL).unref();
    return { close: () => clearInterval(timer) };
  }
}
