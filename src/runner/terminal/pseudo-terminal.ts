import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { OnReadOpts } from 'node:net';
import { ReadStream } from 'node:tty';
import type { InputFile } from '../../processes/input-file.ts';
import type { TerminalSize } from '../../protocol/job-record.ts';
import type { TerminalMode } from '../../protocol/messages.ts';
import type { CLibrary } from '../posix/c-library.ts';
import { countUnread } from '../unread-input.ts';
import type { JobTerminal } from './job-terminal.ts';
import { TerminalInput } from './terminal-input.ts';

/** TIOCSWINSZ in sys/ttycom.h (macOS) and asm-generic/ioctls.h (Linux). */
const SET_SIZE_REQUEST = process.platform === 'darwin' ? 0x80087467 : 0x5414;
/** IUTF8 in c_iflag, the first field of struct termios, on both systems. */
const UTF8_INPUT_FLAG = 0x4000;
/** More than struct termios needs: it has 60 bytes on Linux and 72 on macOS. */
const ATTRIBUTES_BYTES = 256;
const MAX_PATH_BYTES = 128;
/** What Ctrl+D types: the default of VEOF in termios(3). */
const END_OF_TRANSMISSION = '\x04';
/** Offset of c_lflag in struct termios, and its flags ECHO, ICANON, ISIG and NOFLSH. */
const LOCAL_FLAGS =
  process.platform === 'darwin'
    ? { offset: 24, echo: 0x8, canonical: 0x100, signals: 0x80, keepsInput: 0x80000000 }
    : { offset: 12, echo: 0x8, canonical: 0x2, signals: 0x1, keepsInput: 0x80 };
/** Offsets of the keys VINTR, VQUIT and VSUSP in struct termios, and the value of one that is turned off. */
const SIGNAL_KEYS =
  process.platform === 'darwin' ? { offsets: [40, 41, 42], off: 0xff } : { offsets: [17, 18, 27], off: 0 };
/** TCIFLUSH of tcflush(3). */
const INPUT_QUEUE = process.platform === 'darwin' ? 1 : 0;
/** More than a full terminal holds: about 12 KiB on Linux. What is behind that was printed after the shell had exited. */
const REST_BYTES = 64 * 1024;

/** A pseudo-terminal (pty(7)). Both of its ends stay open here until it is closed. */
export class PseudoTerminal implements JobTerminal {
  /** Path of the terminal, such as `/dev/pts/3`. */
  readonly path: string;
  readonly #library: CLibrary;
  readonly #controller: number;
  /** If no process had the terminal open, the controller could not be read any more. */
  readonly #terminal: number;
  #output: ReadStream | undefined;
  /** What is typed into it. */
  readonly input: TerminalInput;

  /** @throws the system's error if there are no more terminals (ENOSPC) or descriptors (EMFILE) */
  constructor(library: CLibrary, size: TerminalSize) {
    this.#library = library;
    const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
    this.#controller = openSync('/dev/ptmx', O_RDWR | O_NOCTTY | O_NONBLOCK);
    try {
      this.#check('grantpt', library.grantpt(this.#controller));
      this.#check('unlockpt', library.unlockpt(this.#controller));
      const path = Buffer.alloc(MAX_PATH_BYTES);
      this.#check('ptsname', library.ptsname_r(this.#controller, path, path.length));
      this.path = path.toString('utf8', 0, path.indexOf(0));
      this.#terminal = openSync(this.path, O_RDWR | O_NOCTTY);
    } catch (error) {
      closeSync(this.#controller);
      throw error;
    }
    this.#editLinesInUtf8();
    this.resize(size);
    this.input = new TerminalInput({
      controller: this.#controller,
      isOpen: () => this.#output?.destroyed === false,
    });
  }

  /** Reads the output through a buffer of the caller. @param onread see the constructor of `net.Socket` */
  open(onread: OnReadOpts): ReadStream {
    // The types know these options only for `net.Socket`, to whose constructor they go.
    const options = { onread } as object;
    this.#output = new ReadStream(this.#controller, options);
    this.#output.once('close', () => {
      this.input.destroy();
      closeSync(this.#terminal);
    });
    return this.#output;
  }

  /** Processes in the foreground of the terminal get SIGWINCH. */
  resize({ columns, rows }: TerminalSize): void {
    const size = Buffer.alloc(8);
    // struct winsize: rows, columns, and two sizes in pixels that no program needs.
    new Uint16Array(size.buffer, size.byteOffset, 2).set([rows, columns]);
    this.#check('TIOCSWINSZ', this.#library.ioctl(this.#controller, SET_SIZE_REQUEST, 'void *', size));
  }

  /**
   * Reads the output that is still in the terminal after the shell has exited. An empty terminal is certain: a read first
   * waits for what is on its way within the kernel (n_tty_read). But a process that the shell left behind may print so fast
   * that the terminal is never empty.
   *
   * @param take is called with the number of bytes in the buffer
   */
  readRest(buffer: Buffer, take: (length: number) => void): void {
    for (let total = 0; total < REST_BYTES && this.#output?.destroyed === false;) {
      let length: number;
      try {
        length = readSync(this.#controller, buffer);
      } catch {
        // EAGAIN: there is no more. EIO: there will never be any.
        return;
      }
      if (length === 0) return;
      total += length;
      take(length);
    }
  }

  /** A terminal shows what is typed while its echo is on. */
  get showsAnswers(): boolean {
    return this.mode.hasEcho;
  }

  /** After an unfinished line, the first end of file only submits the line (termios(3), VEOF). */
  endOfInput(text: string): string {
    return END_OF_TRANSMISSION.repeat(/[^\r\n]$/.test(text) ? 2 : 1);
  }

  makeWayFor(input: Uint8Array): void {
    const attributes = this.#attributes();
    const isSet = localFlagsIn(attributes);
    if (!isSet(LOCAL_FLAGS.signals) || isSet(LOCAL_FLAGS.keepsInput)) return;
    const keys = SIGNAL_KEYS.offsets.map((offset) => attributes[offset] ?? SIGNAL_KEYS.off);
    if (!keys.some((key) => key !== SIGNAL_KEYS.off && input.includes(key))) return;
    this.input.discard();
    this.#check('tcflush', this.#library.tcflush(this.#terminal, INPUT_QUEUE));
  }

  get mode(): TerminalMode {
    const isSet = localFlagsIn(this.#attributes());
    return {
      hasEcho: isSet(LOCAL_FLAGS.echo),
      isCanonical: isSet(LOCAL_FLAGS.canonical),
      hasSignals: isSet(LOCAL_FLAGS.signals),
    };
  }

  /** Bytes of input in the terminal that no process has read. Undefined if that is not known. */
  get unreadInput(): number | undefined {
    return countUnread(this.#library, this.#terminal);
  }

  /** Identifies the terminal among the files of other processes. */
  get inputFile(): InputFile {
    return fstatSync(this.#terminal);
  }

  close(): void {
    if (this.#output !== undefined) {
      this.#output.destroy();
      return;
    }
    closeSync(this.#controller);
    closeSync(this.#terminal);
  }

  /** Backspace erases a whole character, also one of several bytes. */
  #editLinesInUtf8(): void {
    const attributes = this.#attributes();
    const flags = attributes.readUInt32LE(0);
    attributes.writeUInt32LE((flags | UTF8_INPUT_FLAG) >>> 0, 0);
    this.#check('tcsetattr', this.#library.tcsetattr(this.#terminal, 0, attributes));
  }

  #attributes(): Buffer {
    const attributes = Buffer.alloc(ATTRIBUTES_BYTES);
    this.#check('tcgetattr', this.#library.tcgetattr(this.#terminal, attributes));
    return attributes;
  }

  #check(call: string, result: number): void {
    if (result !== 0) throw new Error(`${call} failed with error ${this.#library.errno()}`);
  }
}

/** @returns a function that tells whether a flag of `LOCAL_FLAGS` is set */
function localFlagsIn(attributes: Buffer): (flag: number) => boolean {
  const flags = attributes.readUInt32LE(LOCAL_FLAGS.offset);
  return (flag) => (flags & flag) !== 0;
}
