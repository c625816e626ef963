import { type Handle, koffi, once } from './native-module.ts';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Calls {
  create(size: number, input: Handle, output: Handle, flags: number, console: Handle[]): number;
  resize(console: Handle, size: number): number;
  readonly close: { async(console: Handle, done: (error: unknown) => void): void };
}

/** Windows 10 has them since version 1809. @throws Error if this version has none */
const calls = once((): Calls => {
  const kernel32 = koffi().load('kernel32.dll');
  // COORD has two fields of 16 bits, so it is passed like an integer of 32 bits.
  return {
    create: kernel32.func('int CreatePseudoConsole(uint32, intptr, intptr, uint32, _Out_ intptr *)'),
    resize: kernel32.func('int ResizePseudoConsole(intptr, uint32)'),
    close: kernel32.func('void ClosePseudoConsole(intptr)'),
  };
});

/** A console without a window, whose screen is written to a pipe as text and control sequences (ConPTY). */
export class PseudoConsole {
  readonly handle: Handle;
  #closing: Promise<void> | undefined;

  /**
   * @param input from which it reads what is typed
   * @param output to which it writes what is drawn. It keeps copies of both.
   * @throws Error if there is none on this system
   */
  constructor(size: Size, input: Handle, output: Handle) {
    const console: Handle[] = [0];
    check('CreatePseudoConsole', calls().create(coordinates(size), input, output, 0, console));
    this.handle = console[0] ?? 0;
  }

  /** @throws Error */
  resize(size: Size): void {
    if (this.#closing === undefined)
      check('ResizePseudoConsole', calls().resize(this.handle, coordinates(size)));
  }

  /**
   * Ends the programs that still use it, draws the rest and closes the output. Before Windows 11 24H2 the call waits until
   * the rest is read, which this thread does, so another thread makes the call. Resolves when it returns.
   */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      calls().close.async(this.handle, () => resolve());
    });
    return this.#closing;
  }
}

/** Returns a COORD as an integer. */
export function coordinates({ columns, rows }: Size): number {
  return (rows << 16) | columns;
}

/** @throws Error if an HRESULT is one of a failure */
function check(call: string, result: number): void {
  if (result < 0) throw new Error(`${call} failed with error 0x${(result >>> 0).toString(16)}`);
}
