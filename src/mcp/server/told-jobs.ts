/** What a reply says of a job. */
export interface Told {
  readonly status: string;
  readonly isReady: boolean;
  /** The end of the output that the reply shows. */
  readonly cursor: number | undefined;
  /** The end of the output at which the job waits for input, if the reply says that it does. */
  readonly asksAt?: number | undefined;
}

/** Tools that reply with a line of facts for each job. Other replies have one at the beginning of a block. */
const LISTING_TOOLS = ['list', 'kill'];

function factLines(tool: string, blocks: readonly string[]): string[] {
  const lines = blocks.map((block) => block.split('\n'));
  return LISTING_TOOLS.includes(tool) ? lines.flat() : lines.map(([first = '']) => first);
}

/** How a reply names the jobs that failed and because of which another one was not started. See `describeFailure()`. */
const FAILED_DEPENDENCY =
  /, because the job (?:"(?:[^"\\]|\\.)*" \()?([\da-f-]{36})\)? (?:failed|was killed|was lost|could not start|was not started)/g;

/** How the last block of a `wait` that timed out says that the job waits for input. See `explainTimeout()`. */
const TIMEOUT_AT_INPUT = /^The job (?:waits for input|seems to wait for input|asks for a secret)\./;

/** Returns where a job waits for input, if the facts of a reply say that it does. Output that ends with a question does not. */
function inputEnd(facts: string, tool: string, blocks: readonly string[]): number | undefined {
  const isSaid =
    / (?:waiting_for_input|input)=\w/.test(facts) ||
    (/ reason=timeout\b/.test(facts) && TIMEOUT_AT_INPUT.test(blocks.at(-1) ?? ''));
  if (!isSaid) return undefined;
  const end =
    tool === 'status' ? /^log_end=(\d+)/m.exec(blocks.join('\n')) : / next_cursor=(\d+)/.exec(facts);
  return end === null ? undefined : Number(end[1]);
}

/**
 * Returns what a reply of a tool says of jobs, by their ids.
 *
 * @param blocks the texts of its content
 */
export function toldBy(tool: string, blocks: readonly string[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const line of factLines(tool, blocks)) {
    for (const [, cause = ''] of line.matchAll(FAILED_DEPENDENCY))
      told.set(cause, { status: 'failed', isReady: true, cursor: undefined });
    const [, id, facts = ''] = /(?:^| )id=([\da-f-]{36})( .*)$/.exec(line) ?? [];
    if (id === undefined) continue;
    const status = / status=(\w+)/.exec(facts)?.[1];
    if (status === undefined || told.has(id)) continue;
    const cursor = / next_cursor=(\d+)/.exec(facts)?.[1];
    told.set(id, {
      status,
      isReady: / (ready_since|reason)=/.test(facts),
      cursor: cursor === undefined ? undefined : Number(cursor),
      asksAt: inputEnd(facts, tool, blocks),
    });
    const previous = / previous=([\da-f-]{36})/.exec(facts)?.[1];
    if (previous !== undefined) told.set(previous, { status: 'killed', isReady: true, cursor: undefined });
  }
  return told;
}
