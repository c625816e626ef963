/** Length of a line that can still be edited. A longer line is sent in parts. */
const MAX_LINE_LENGTH = 4096;
/** A real tab would have a width that depends on the text before it. */
const SHOWN_TAB = '    ';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const CTRL_W = '\x17';

/** Receives the effects of a line editor. */
interface LineTarget {
  /** Shows the current line. */
  typed(shown: string): void;
  /** Ends the current line with this text and begins the next one. */
  done(ending: string): void;
  send(text: string): void;
  endOfFile(): void;
  interrupt(): void;
}

/** Created at its first use, since that takes milliseconds and this file is loaded on activation. */
let graphemes: Intl.Segmenter | undefined;

/**
 * Edits lines like the kernel does for a terminal in cooked mode: the user can correct a line until Enter sends it. Keys
 * are text and control characters. A paste is many keys at once.
 */
export class LineEditor {
  readonly #target: LineTarget;
  #line = '';
  /** Text that the current call will send. The lines of a paste are sent together. */
  #pending = '';

  constructor(target: LineTarget) {
    this.#target = target;
  }

  type(keys: string): void {
    for (const [key] of keys.replaceAll('\r\n', '\r').matchAll(/[^\p{Cc}]+|\p{Cc}/gu)) this.#press(key);
    this.#flush();
  }

  #press(key: string): void {
    switch (key) {
      case '\r':
      case '\n':
        this.#end('\r\n', `${this.#line}\n`);
        return;
      case '\b':
      case '\x7f':
        this.#change(
          this.#line.slice(
            0,
            [...(graphemes ??= new Intl.Segmenter()).segment(this.#line)].at(-1)?.index ?? 0,
          ),
        );
        return;
      case CTRL_U:
        this.#change('');
        return;
      case CTRL_W:
        this.#change(this.#line.replace(/\S*\s*$/, ''));
        return;
      case CTRL_C:
        this.#end('^C\r\n', '');
        this.#flush();
        this.#target.interrupt();
        return;
      case CTRL_D:
        if (this.#line !== '') {
          this.#end('', this.#line);
          return;
        }
        this.#flush();
        this.#target.endOfFile();
        return;
      default:
        if (key !== '\t' && /\p{Cc}/u.test(key)) return;
        this.#change(this.#line + key);
        if (this.#line.length > MAX_LINE_LENGTH) this.#end('', this.#line);
    }
  }

  #change(line: string): void {
    this.#line = line;
    this.#target.typed(line.replaceAll('\t', SHOWN_TAB));
  }

  #end(ending: string, text: string): void {
    this.#line = '';
    this.#target.done(ending);
    this.#pending += text;
  }

  #flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') this.#target.send(text);
  }
}
