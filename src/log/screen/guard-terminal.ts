import type { Terminal } from '@xterm/headless';

/** Parts of xterm that are not public. The test of this file notices if they change. */
interface Internals {
  readonly _core: {
    readonly _inputHandler: {
      parse(data: string | Uint8Array, promiseResult?: boolean): unknown;
      eraseInDisplay(parameters: { readonly length: number; readonly params: readonly number[] }): boolean;
      readonly _parser: { reset(): void };
    };
  };
}

/**
 * Keeps an exception in the emulator from ending the process. xterm 6 throws if a program erases what is above the cursor
 * (ED 1) while that is in the bottom right corner. It parses in a timer, where nothing could catch that, and its `write()`
 * would never call back.
 */
export function guardTerminal(terminal: Terminal): void {
  const handler = (terminal as unknown as Internals)._core._inputHandler;
  const parse = handler.parse.bind(handler);
  handler.parse = (data, promiseResult) => {
    try {
      return parse(data, promiseResult);
    } catch {
      // The rest of the piece is not drawn. Programs draw again.
      handler._parser.reset();
      return undefined;
    }
  };
  terminal.parser.registerCsiHandler({ final: 'J' }, (parameters) => {
    const { cursorX, cursorY, length } = terminal.buffer.active;
    const isInCorner =
      cursorX >= terminal.cols - 1 && cursorY === terminal.rows - 1 && length <= terminal.rows;
    if (parameters[0] !== 1 || !isInCorner) return false;
    // There, it is the same as erasing everything.
    return handler.eraseInDisplay({ length: 1, params: [2] });
  });
}
