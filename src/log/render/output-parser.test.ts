import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type OutputHandler, OutputParser } from './output-parser.ts';

const C1_CONTROLS = /[\u0080-\u009f]/g;

/** Collects the text that is printed, and ignores everything else. */
function textPrinter(): { readonly text: string; readonly handler: OutputHandler } {
  let text = '';
  return {
    get text() {
      return text;
    },
    handler: {
      print: (part) => void (text += part),
      printLine: (part) => void (text += `${part}\n`),
      lineFeed: () => void (text += '\n'),
      control: () => undefined,
      escape: () => undefined,
      sequence: () => undefined,
    },
  };
}

/** Counts the bytes that are decoded. */
function countDecoded(t: TestContext): () => number {
  const { mock } = t.mock.method(Buffer.prototype as Buffer, 'toString');
  return () =>
    mock.calls.reduce((sum, call) => {
      const [, from = 0, to = 0] = call.arguments;
      return sum + to - from;
    }, 0);
}

test('decodes each byte of a long line once, however many C1 controls it contains', (t) => {
  // UTF-8 that was read as Latin-1 and encoded again. None of its C1 controls begins a string or a control sequence.
  const line = Buffer.from('трястись ').toString('latin1').repeat(300);
  const shown = line.replace(C1_CONTROLS, '');
  for (const end of ['', '\n']) {
    const bytes = Buffer.from(line + end);
    for (const size of [bytes.length, 1001]) {
      const printer = textPrinter();
      const parser = new OutputParser(printer.handler, true);
      const decoded = countDecoded(t);
      for (let at = 0; at < bytes.length; at += size) parser.feed(bytes.subarray(at, at + size), at);
      assert.ok(decoded() > shown.length && decoded() <= bytes.length, `${decoded()} bytes`);
      t.mock.restoreAll();
      assert.equal(printer.text, shown + end);
    }
  }
});

test('shows letters whose encoding begins with the same byte as that of a C1 control', () => {
  const text = '« 23 °C ± 2 £ · ¿qué? »\u00a0';
  const printer = textPrinter();
  new OutputParser(printer.handler, true).feed(Buffer.from(`${text}\n${text}\u0081${text}`), 0);
  assert.equal(printer.text, `${text}\n${text}${text}`);
});
