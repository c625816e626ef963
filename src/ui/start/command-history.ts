import type { Memory } from '../memory.ts';

/** A command that the user started, with everything needed to start it again. */
export interface HistoryEntry {
  readonly command: string;
  readonly cwd: string;
  readonly name?: string | undefined;
}

export const MAX_ENTRIES = 50;
/** Length of the longest command that is stored. VS Code keeps the whole history in memory. */
export const MAX_COMMAND_LENGTH = 10_000;

const KEY = 'commandHistory';

/** The commands that the user started in this workspace. */
export class CommandHistory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Returns the entries, newest first. */
  list(): readonly HistoryEntry[] {
    const stored = this.#memory.get(KEY);
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  }

  async add({ command, cwd, name }: HistoryEntry): Promise<void> {
    if (command.length > MAX_COMMAND_LENGTH) return;
    const entry = { command, cwd, ...(name !== undefined && { name }) };
    await this.#memory.update(KEY, [entry, ...this.#without(entry)].slice(0, MAX_ENTRIES));
  }

  async remove(entry: HistoryEntry): Promise<void> {
    await this.#memory.update(KEY, this.#without(entry));
  }

  #without({ command, cwd }: HistoryEntry): HistoryEntry[] {
    return this.list().filter((each) => each.command !== command || each.cwd !== cwd);
  }
}

/** Another version of the extension may have stored entries in another form. */
function isEntry(value: unknown): value is HistoryEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { command, cwd, name } = value as Record<string, unknown>;
  return (
    typeof command === 'string' && typeof cwd === 'string' && (name === undefined || typeof name === 'string')
  );
}
