type Params = Readonly<Record<string, unknown>>;

/** A job that a reply is about. */
export interface NamedJob {
  readonly id: string;
  /** Its name, or the beginning of its id. */
  readonly label: string;
}

const MAX_ERROR_LENGTH = 300;
const SHORT_ID_LENGTH = 8;

/** Finds the jobs in the lines of facts of a reply. A call that waits for several jobs has one for each. */
export function jobsIn(result: Params): NamedJob[] {
  const jobs = textsOf(result).flatMap((text): NamedJob[] => {
    const [line = ''] = text.split('\n', 1);
    const [, id] = /^(?:\S+ )*?id=([\da-f]{8}-[\da-f-]{27})(?: |$)/.exec(line) ?? [];
    if (id === undefined) return [];
    const [, value] = / name=("(?:[^"\\]|\\.)*"|\S+)/.exec(line) ?? [];
    return [{ id, label: nameOf(value) ?? id.slice(0, SHORT_ID_LENGTH) }];
  });
  return [...new Map(jobs.map((job) => [job.id, job])).values()];
}

/** Returns the reason why a call failed. */
export function errorIn(result: Params): string | undefined {
  const [text = ''] = textsOf(result);
  const isError = result.isError === true || text.startsWith('Error: ');
  return isError ? text.replace(/^Error: /, '').slice(0, MAX_ERROR_LENGTH) : undefined;
}

function nameOf(value: string | undefined): string | undefined {
  if (value?.startsWith('"') !== true) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    // The line was cut.
    return value;
  }
}

function textsOf({ content }: Params): string[] {
  const blocks = Array.isArray(content) ? (content as ({ text?: unknown } | null)[]) : [];
  return blocks.flatMap((block) => (typeof block?.text === 'string' ? [block.text] : []));
}
