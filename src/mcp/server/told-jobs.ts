/** What a reply says of a job. */
export interface Told {
  readonly status: string;
  readonly isReady: boolean;
  /** The end of the output that the reply shows. */
  readonly cursor: number | undefined;
  /** The end of the output at which the job waits for input, if the reply says that it does. */
  readonly asksAt?: number | undefined;
}

/** Tools whose reply may be a line of counts and a line of facts for each job. */
const LISTING_TOOLS = ['list', 'kill'];

/** Returns the lines that hold facts: the first one of each block, and the rows of a listing. All else may be output. */
function factLines(tool: string, blocks: readonly string[]): string[] {
  const [listing = ''] = blocks;
  const isListing = LISTING_TOOLS.includes(tool) && !listing.startsWith('id=');
  const rows = isListing ? listing.split('\n').slice(1) : [];
  return [...blocks.map((block) => block.split('\n', 1)[0] ?? ''), ...rows].map(withoutQuoted);
}

/** Empties the quotes in a line: a name or a printed line within them may look like facts. */
function withoutQuoted(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
}

/** How a reply names the jobs that failed and because of which another one was not started. See `describeFailure()`. */
const FAILED_DEPENDENCY =
  /, because the job (?:"" \()?([\da-f-]{36})\)? (?:failed|was killed|was lost|could not start|was not started)/g;

/** How a block of a `wait` that timed out says that a job waits for input. One of several is named. See `explainTimeout()`. */
const TIMEOUT_AT_INPUT =
  /^The job (?:(?:"" \()?([\da-f-]{36})\)? )?(?:waits for input|seems to wait for input|asks for a secret)\b/;

/** Returns whether the reply to a wait that timed out says that this job waits for input. */
function isExplained(id: string, lines: readonly string[]): boolean {
  const explained = lines.map((line) => TIMEOUT_AT_INPUT.exec(line)).find((found) => found !== null);
  return explained !== undefined && (explained[1] ?? id) === id;
}

const NEXT_CURSOR = / next_cursor=(\d+)/;

/** Returns the end of the output when the reply was written, which may show less of it. */
function outputEnd(facts: string, tool: string, blocks: readonly string[]): number | undefined {
  if (tool === 'status') return numberIn(/^log_end=(\d+)/m, blocks.join('\n'));
  const next = numberIn(NEXT_CURSOR, facts);
  return next === undefined ? undefined : next + (numberIn(/ left=(\d+)/, facts) ?? 0);
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Returns what a reply of a tool says of jobs, by their ids.
 *
 * @param blocks the texts of its content
 */
export function toldBy(tool: string, blocks: readonly string[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  const lines = factLines(tool, blocks);
  for (const line of lines) {
    for (const [, cause = ''] of line.matchAll(FAILED_DEPENDENCY))
      told.set(cause, { status: 'failed', isReady: true, cursor: undefined });
    const [, id, facts = ''] = /^(?:Error: .* )?id=([\da-f-]{36})( .*)$/.exec(line) ?? [];
    if (id === undefined) continue;
    const status = / status=(\w+)/.exec(facts)?.[1];
    if (status === undefined || told.has(id)) continue;
    // Output that ends with a question does not say that the job waits.
    const asks =
      / (?:waiting_for_input|input)=\w/.test(facts) ||
      (/ reason=timeout\b/.test(facts) && isExplained(id, lines));
    told.set(id, {
      status,
      // A wait for another pattern or port than the job's own also ends with that reason.
      isReady: / (?:ready_since=|reason=ready\b)/.test(facts),
      cursor: numberIn(NEXT_CURSOR, facts),
      asksAt: asks ? outputEnd(facts, tool, blocks) : undefined,
    });
    const previous = / previous=([\da-f-]{36})/.exec(facts)?.[1];
    if (previous !== undefined) told.set(previous, { status: 'killed', isReady: true, cursor: undefined });
  }
  return told;
}
