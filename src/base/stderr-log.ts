import { LOG_LEVELS, type LogLevel } from './log-level.ts';

export type Log = Readonly<Record<LogLevel, (text: string) => void>>;

/** A log on stderr, as stdout belongs to the protocol. @param chosen what is below this level is left out */
export function stderrLog(chosen: LogLevel): Log {
  const write = (level: LogLevel) => (text: string) => {
    if (LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(chosen)) console.error(`background-jobs: ${text}`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}
