import type { TerminalSize } from '../../protocol/job-record.ts';
import { OTHER_SETTINGS } from '../contributions.ts';
import type { Memory } from '../memory.ts';
import { isSettingChanged, readSetting } from '../settings.ts';
import { LastViewSize } from '../terminal/last-view-size.ts';

/** Returns the terminal of a job that the user starts. Undefined: pipes. */
export function chooseTerminal(memory: Memory): TerminalSize | undefined {
  const isOn = readSetting(OTHER_SETTINGS.useTerminal) !== false;
  // Terminals on Windows are experimental, so there the default is not enough.
  const isWanted = isOn && (process.platform !== 'win32' || isSettingChanged(OTHER_SETTINGS.useTerminal));
  return isWanted ? new LastViewSize(memory).get() : undefined;
}
