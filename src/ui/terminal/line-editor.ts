/** UTF-16 units of a line that can still be changed. What is longer is passed on in parts, so that nothing is lost. */
const MAX_LINE = 4096;
/** A tab would take as many columns as are left to the next stop, which depends on what stands before. */
const SHOWN_TAB = '    ';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const CTRL_W = '\x17';

/** What a line editor does to the rest of the world. */
export interface LineTarget {
  /** What the line that is being typed looks like now. */
  typed(shown: string): void;
  /** It stays as it is, followed by this; the next line begins. */
  done(ending: string): void;
  send(text: string): void;
  endOfFile(): void;
  interrupt(): void;
}

/** Made at its first use: it costs milliseconds, and this file is loaded with the extension. */
let graphemes: Intl.Segmenter | undefined;

/**
 * What the kernel does for a terminal in cooked mode: it gathers a line, which can be corrected, and sends it with
 * Enter. Keys are text and control characters; a paste is many keys at once.
 */
export class LineEditor {
  readonly #target: LineTarget;
  #line = '';
  /** What one call sends, together: the lines of a paste are one message. */
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
        if (this.#line.length > MAX_LINE) this.#end('', this.#line);
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
