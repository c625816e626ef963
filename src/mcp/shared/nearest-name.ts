import { closestMatch } from 'leven';

/** Longest name (characters) that is compared: the time grows with the length. */
const MAX_LENGTH = 64;

/** Returns the known name that an unknown one most likely stands for: `jobId`, `id` and `job_ids` are `job_id`. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const wanted = lettersOf(unknown);
  if (wanted === '' || wanted.length > MAX_LENGTH) return undefined;
  const same = known.find((name) => lettersOf(name) === wanted);
  const similar = known.find((name) => lettersOf(name).includes(wanted) || wanted.includes(lettersOf(name)));
  const long = known.find((name) => isAbbreviation(wanted, lettersOf(name)));
  const maxDistance = Math.ceil(unknown.length / 2);
  return same ?? similar ?? long ?? closestMatch(unknown, known, { maxDistance });
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Returns true if `short` has the first letter of `long`, and its other letters in the same order, as in cmd. */
function isAbbreviation(short: string, long: string): boolean {
  if (!long.startsWith(short.charAt(0))) return false;
  let at = 0;
  for (const letter of short) {
    at = long.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
