import { LOG_LEVELS, type LogLevel } from './log-level.ts';

export type Log = Readonly<Record<LogLevel, (text: string) => void>>;

/** Creates a log on stderr, since stdout belongs to the protocol. @param chosen the lowest level that is written */
export function stderrLog(chosen: LogLevel): Log {
  const write = (level: LogLevel) => (text: string) => {
    if (LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(chosen)) console.error(`background-jobs: ${text}`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}
