/** Modes that a serialized screen restores, and those that are over in a moment: synchronized output. */
const RESTORED_BY_SCREEN: ReadonlySet<number> = new Set([
  1, 3, 6, 7, 9, 45, 47, 66, 1000, 1002, 1003, 1004, 1047, 1048, 1049, 2004, 2026,
]);
const SYNCHRONIZED_OUTPUT = 2026;
/** The modes that show the alternate screen. */
export const ALTERNATE_SCREEN: ReadonlySet<number> = new Set([47, 1047, 1049]);

/** What a program has asked of its terminal beyond text: which screen, which keys and which events of the mouse it wants. */
export class TerminalModes {
  /** In the order of their last change, since some replace others. */
  readonly #modes = new Map<number, boolean>();
  /** Flags of the kitty keyboard protocol. Each screen has its own stack. */
  readonly #keys: { normal: number[]; alternate: number[] } = { normal: [], alternate: [] };

  copy(): TerminalModes {
    const copy = new TerminalModes();
    for (const [mode, isOn] of this.#modes) copy.#modes.set(mode, isOn);
    copy.#keys.normal = [...this.#keys.normal];
    copy.#keys.alternate = [...this.#keys.alternate];
    return copy;
  }

  set(modes: readonly number[], isOn: boolean): void {
    for (const mode of modes) {
      this.#modes.delete(mode);
      this.#modes.set(mode, isOn);
    }
  }

  /** @param operation `>` pushes flags, `<` pops some, `=` changes those on top: sets (1), adds (2) or removes (3) them */
  keys(operation: string, [first = 0, second = 0]: readonly number[]): void {
    const stack = this.#keys[this.#isAlternate ? 'alternate' : 'normal'];
    if (operation === '>') stack.push(first);
    else if (operation === '<') stack.splice(Math.max(0, stack.length - Math.max(1, first)));
    else if (operation === '=') {
      const top = stack.pop() ?? 0;
      stack.push(second === 2 ? top | first : second === 3 ? top & ~first : first);
    }
  }

  /** Forgets everything, as a terminal does on RIS. */
  reset(): void {
    this.#modes.clear();
    this.#keys.normal = [];
    this.#keys.alternate = [];
  }

  /** Sequences that give a new terminal these modes. */
  get all(): string {
    return this.#sequences((mode) => mode !== SYNCHRONIZED_OUTPUT);
  }

  /** The same without the modes that a serialized screen restores. */
  get hidden(): string {
    return this.#sequences((mode) => !RESTORED_BY_SCREEN.has(mode));
  }

  get #isAlternate(): boolean {
    const [last] = [...this.#modes].filter(([mode]) => ALTERNATE_SCREEN.has(mode)).slice(-1);
    return last?.[1] === true;
  }

  #sequences(isWanted: (mode: number) => boolean): string {
    const modes = [...this.#modes].filter(([mode]) => isWanted(mode));
    const keys = this.#keys[this.#isAlternate ? 'alternate' : 'normal'];
    return [
      ...modes.map(([mode, isOn]) => `\x1b[?${mode}${isOn ? 'h' : 'l'}`),
      ...keys.map((flags) => `\x1b[>${flags}u`),
    ].join('');
  }
}
