import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listText, messageText, printable } from './printable.ts';

// Promise: plain-rows
test('replaces control characters and direction marks', () => {
  assert.equal(printable('a\x1b[31mb\x07\u202ec\tü\n'), 'a\ufffd[31mb\ufffd\ufffdc\ufffdü\n');
});

// Promise: plain-rows
test('shows a command in a list on one line and without icons', () => {
  assert.equal(
    listText('echo $(date)\n  rm $(sync~spin)$(expr 1 + 2) $HOME\x1b'),
    'echo $\u2060(date) ⏎ rm $\u2060(sync~spin)$(expr 1 + 2) $HOME\ufffd',
  );
});

/** The pattern of links in VS Code's src/vs/base/common/linkedText.ts. */
const VSCODE_LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

// Promise: no-links
test('shows a message without links and icons, and otherwise unchanged', () => {
  for (const text of [
    '[Show](command:workbench.action.closeWindow)',
    'a [b](https://example.com "c") d',
    '[[x](FILE:///etc/passwd)',
  ]) {
    assert.match(text, VSCODE_LINK);
    const shown = messageText(text);
    assert.doesNotMatch(shown, VSCODE_LINK);
    assert.equal(shown.replaceAll('\u2060', ''), text);
  }
  assert.equal(messageText('$(lock) [a] (b)\x1b'), '$\u2060(lock) [a] (b)\ufffd');
});
