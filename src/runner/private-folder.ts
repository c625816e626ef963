import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Longest path (bytes) that a socket address holds everywhere: `sun_path` has 104 bytes on macOS, with its NUL. */
const MAX_SOCKET_PATH = 103;

const PREFIX = 'bgj-';

/** Whether a path looks like one that was made here. */
export function isPrivateFolder(path: string): boolean {
  return basename(path).startsWith(PREFIX);
}

/** A folder (0700) of this process alone for sockets and FIFOs, with a short name. Made anew if it was removed. */
export class PrivateFolder {
  #path: string | undefined;

  /** @throws the file system's error when none can be made */
  ensure(): string {
    if (this.#path !== undefined && existsSync(this.#path)) return this.#path;
    this.#path = mkdtempSync(join(shortTemporaryFolder(), PREFIX));
    return this.#path;
  }

  remove(): void {
    if (this.#path !== undefined) rmSync(this.#path, { recursive: true, force: true });
    this.#path = undefined;
  }
}

function shortTemporaryFolder(): string {
  const candidates = [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'];
  const isUsable = (path: string | undefined): path is string => {
    return (
      path !== undefined &&
      Buffer.byteLength(path) <= MAX_SOCKET_PATH - `/${PREFIX}XXXXXX/s`.length &&
      existsSync(path)
    );
  };
  return candidates.find(isUsable) ?? tmpdir();
}
