/** Shapes of process trees. Each prints the pids of its processes, and `ready` when all of them are running. */
export const TREES = {
  'a plain child': 'sleep 100 & echo $$ $!; echo ready; wait',
  'one that ignores SIGTERM': `trap "" TERM; sh -c 'trap "" TERM; echo $$; echo ready; sleep 100; sleep 100' & echo $$; wait; wait`,
  'a child in a session of its own': `setsid sh -c 'echo $$; echo ready; exec sleep 100' & echo $$; wait`,
  'an orphan in a session of its own': `(setsid sh -c 'echo $$; echo ready; exec sleep 100' &); echo $$; sleep 100`,
  'a deep chain': `sh -c 'echo $$; sh -c "echo \\$\\$; sh -c \\"echo \\\\\\$\\\\\\$; echo ready; sleep 100\\"; :"; :'; :`,
  'a stopped process': `sh -c 'echo $$; echo ready; kill -STOP $$; sleep 100' & echo $$; wait`,
  'one that forks all the time': `f() { sh -c 'echo $$; sleep 100' & sleep 0.01; f; }; trap "" TERM; sh -c 'echo $$; echo ready; sleep 100' & f`,
} as const;

/** Returns the pids that a tree has printed. */
export function pidsIn(log: string): number[] {
  return (log.match(/\d+/g) ?? []).map(Number);
}
