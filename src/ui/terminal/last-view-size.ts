import { DEFAULT_TERMINAL_SIZE, type TerminalSize } from '../../protocol/job-record.ts';
import type { Memory } from '../memory.ts';

const KEY = 'terminalSize';

/** The size of the last view of a terminal. The next job starts in it, since its own view opens only later. */
export class LastViewSize {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get(): TerminalSize {
    const { columns, rows } = (this.#memory.get(KEY) ?? {}) as Partial<Record<keyof TerminalSize, unknown>>;
    return isSize(columns) && isSize(rows) ? { columns, rows } : DEFAULT_TERMINAL_SIZE;
  }

  set({ columns, rows }: TerminalSize): void {
    const last = this.get();
    if (last.columns !== columns || last.rows !== rows) void this.#memory.update(KEY, { columns, rows });
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
