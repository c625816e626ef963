import type { InspectedCommand } from './inspected-command.ts';
import { options, readOptions } from './program-options.ts';
import { refused, startsShell, unclear } from './refusal.ts';
import { type Arg, joined, programOf } from './shell-words.ts';

const SSH_OPTIONS = options('-46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:Q:R:S:W:w:');

const AUTOSSH_OPTIONS = options('-46AaCfGgKkNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:M:O:o:P:p:Q:R:S:W:w:');

/** Reports the command that ssh runs on another machine. @throws PolicyRefusal */
export function inspectSsh(command: InspectedCommand): void {
  const { words, source, hasTail } = command;
  if (hasTail) throw unclear(source, 'the words that follow are a command');
  // Options may also follow the host (ssh(1)).
  const spec = programOf(words[0]?.value ?? '') === 'ssh' ? SSH_OPTIONS : AUTOSSH_OPTIONS;
  const before = readOptions(command, 1, spec);
  const after = readOptions(command, before.next + 1, spec);
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
