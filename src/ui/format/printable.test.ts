import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listText, messageText, printable } from './printable.ts';

// Promise: plain-rows
test('what would steer a screen or turn a line around is replaced', () => {
  assert.equal(printable('a\x1b[31mb\x07\u202ec\tü\n'), 'a\ufffd[31mb\ufffd\ufffdc\ufffdü\n');
});

// Promise: plain-rows
test('in a list a command is one line, and nothing of it is an icon', () => {
  assert.equal(
    listText('echo $(date)\n  rm $(sync~spin)$(expr 1 + 2) $HOME\x1b'),
    'echo $\u2060(date) ⏎ rm $\u2060(sync~spin)$(expr 1 + 2) $HOME\ufffd',
  );
});

/** What VS Code makes links of: its src/vs/base/common/linkedText.ts. */
const VSCODE_LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

// Promise: no-links
test('nothing of a message is a link or an icon, and it looks the same', () => {
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
