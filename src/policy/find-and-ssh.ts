import type { InspectedCommand } from './inspected-command.ts';
import { options, readOptions } from './program-options.ts';
import { refused, startsShell, unclear } from './refusal.ts';
import { type Arg, joined, programOf, uncertain } from './shell-words.ts';

const FIND_ACTION = /^-(exec|execdir|ok|okdir)$/;
const FD_ACTION = /^(-x|-X|--exec|--exec-batch)$/;

/** Reports the commands in the arguments of find and fd. @throws PolicyRefusal */
export function inspectFind(command: InspectedCommand): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow may make it run a command');
  const isFd = programOf(words[0]?.value ?? '') !== 'find';
  const action = isFd ? FD_ACTION : FIND_ACTION;
  for (let at = 1; at < words.length; at++) {
    const { value, text, beginning, isSingle } = words[at]!;
    if (value === undefined && !(isSingle && /^[\w./]/.test(beginning)))
      throw unclear(source, `${text} may make it run a command`, 'Start it with ./ and quote it.');
    if (isFd && value !== undefined && /^(-[^-]*[xX].|--exec(-batch)?=)/.test(value))
      throw unclear(source, `${value} hides a command`, 'Separate -x and the command with spaces.');
    if (value === undefined || !action.test(value)) continue;
    const end = words.findIndex((word, index) => {
      const isBatchEnd = !isFd && word.value === '+' && words[index - 1]?.text === '{}';
      return index > at && (word.value === ';' || isBatchEnd);
    });
    const inner = words.slice(at + 1, end === -1 ? undefined : end);
    if (inner.length === 0) throw unclear(source, `${value} has no command`);
    command.runs(inner.map((word) => (word.text.includes('{') ? uncertain(word) : word)));
    if (end === -1) return;
    at = end;
  }
}

const SSH_OPTIONS = options('-46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:Q:R:S:W:w:');

/** Reports the command that ssh runs on another machine. @throws PolicyRefusal */
export function inspectSsh(command: InspectedCommand): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow are a command');
  // Options may also follow the host (ssh(1)).
  const before = readOptions(command, 1, SSH_OPTIONS);
  const after = readOptions(command, before.next + 1, SSH_OPTIONS);
  const given = [...before.given, ...after.given];
  if (given.some(([name, values]) => /^[FI]$/.test(name) || (name === 'o' && !values.every(isHarmless))))
    throw refused(source, 'the options F, I and o of ssh can run code', 'Leave them out.');
  const remote = words.slice(after.next);
  if (remote.length === 0 && !given.some(([name]) => name === 'N')) throw startsShell(source);
  if (remote.length > 0) command.runsScript(joined(remote), 'posix');
}

/** Returns whether a setting of ssh_config(5) cannot name a program. */
function isHarmless({ value = '' }: Arg): boolean {
  return /^[a-z]+[= ][\w.:/-]*$/i.test(value) && !/command|match|include|provider/i.test(value);
}
