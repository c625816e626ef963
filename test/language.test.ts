import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

/** Files and folders with texts that users and agents read. */
const TEXTS = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'docs',
  'l10n/bundle.l10n.json',
  'media/walkthrough',
  'package.nls.json',
  'src/mcp/compat',
  'src/mcp/tools',
];

/** Words that a native engineer would not write here, and what to write instead. */
const WORDS: readonly (readonly [pattern: string, instead: string])[] = [
  ['(is|are|be|was|were) told', 'is notified, receives, or name who reports it'],
  ['tells? of', 'reports'],
  ['nobody|somebody|whoever', 'name the person, the client or the process'],
  ['amid|in the midst of', 'in the middle of, during'],
  ['anew|once more', 'again'],
  ['go(es)? on', 'continues'],
  ['stands? in', 'is in, replaces'],
  ['stands? (there|beside|below|above)', 'is'],
  ['of before|what came before', 'previous'],
  ['(has|have|is|are) ended (it|itself|by)', 'exited, was stopped'],
  [
    'what (cannot|is|has|can|was|does|did) [a-z]+ (is|are|has|was) (refused|named|told|left)',
    'name the subject',
  ],
  ['what cannot', 'name the subject'],
  ['left out', 'omitted, ignored'],
  ['puts? (it )?right', 'fix'],
  ['counts? more', 'takes precedence'],
  ['shall', 'should, will'],
  ['for want of', 'because there is no'],
  ['hold(s|ing)? up', 'delay, block'],
  ['heeds?', 'respect, follow'],
  ['hence|thereof|lest', 'plain words'],
];

/** Returns the places in a text where one of the words is. */
function wordsIn(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, at) =>
      WORDS.flatMap(([pattern, instead]) =>
        [...line.matchAll(new RegExp(`\\b(?:${pattern})\\b`, 'gi'))].map(
          ([found]) => `line ${at + 1}: "${found}". Write instead: ${instead}.`,
        ),
      ),
    );
}

test('the texts that users and agents read are in plain English', () => {
  const files = TEXTS.flatMap((path) =>
    statSync(join(root, path)).isDirectory()
      ? readdirSync(join(root, path)).map((name) => `${path}/${name}`)
      : path,
  );
  assert.ok(files.length > 20);
  const found = files.flatMap((file) =>
    wordsIn(readFileSync(join(root, file), 'utf8')).map((place) => `${file}, ${place}`),
  );
  assert.deepEqual(found, []);
});

test('the words are found in a text that contains them', () => {
  assert.deepEqual(wordsIn('The client is told when a job ends,\nand nobody shall wait.').length, 3);
  assert.deepEqual(wordsIn('The client is notified when a job exits.'), []);
});
