import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import type { FileLocation } from '../protocol/problem-matcher.ts';

/** Files and folders that one search looks at. */
const MAX_SEARCHED = 20_000;

/** Turns the names of files in problems into paths. It asks the file system, and remembers the answers. */
export class FileFinder {
  readonly #cwd: string;
  readonly #found = new Map<string, string>();

  /** @param cwd the folder of the job */
  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  find(name: string, location: FileLocation): string {
    const key = JSON.stringify([name, location]);
    const path = this.#found.get(key) ?? this.#look(name, location);
    this.#found.set(key, path);
    return path;
  }

  #look(name: string, location: FileLocation): string {
    const inJobFolder = resolve(this.#cwd, name);
    switch (location.kind) {
      case 'absolute':
        return inJobFolder;
      case 'relative':
      case 'autoDetect': {
        const path = join(resolve(this.#cwd, location.prefix), name);
        if (existsSync(path)) return path;
        return isAbsolute(name) || existsSync(inJobFolder) ? inJobFolder : path;
      }
      case 'search':
        return this.#search(name, location) ?? inJobFolder;
    }
  }

  #search(name: string, { include, exclude }: Extract<FileLocation, { kind: 'search' }>): string | undefined {
    const ending = resolve(sep, name);
    const excluded = new Set(exclude.map((each) => resolve(this.#cwd, each)));
    let left = MAX_SEARCHED;
    const folders = include.map((each) => resolve(this.#cwd, each));
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      if (excluded.has(folder)) continue;
      for (const entry of listFolder(folder)) {
        if (left-- === 0) return undefined;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else if (path.endsWith(ending)) return path;
      }
    }
    return undefined;
  }
}

function listFolder(folder: string): { name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // The folder is gone or cannot be read. The file may be in another one.
    return [];
  }
}
