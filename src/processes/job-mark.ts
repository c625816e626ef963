/**
 * Tells a job's mark from a limit that somebody else has set. It also makes every mark larger than any limit that
 * could ever take effect.
 */
const PREFIX = 0x2b6an;
/** Bits of a job's id that its mark holds: those of the first two groups of the UUID, which are random. */
const ID_BITS = 48n;

/**
 * Returns the mark of a job: the soft value of RLIMIT_LOCKS for all its processes. Undefined if the id is not a UUID.
 *
 * Daemons such as redis and nginx overwrite their environment with a title, and with it the cookie. A resource limit
 * survives that, and also setsid(2), a double fork, execve(2) and an emptied environment. RLIMIT_LOCKS has had no
 * effect since Linux 2.4.25 (getrlimit(2)), so its value is free.
 */
export function jobMark(id: string): bigint | undefined {
  const match = /^([\da-f]{8})-([\da-f]{4})-/i.exec(id);
  if (match === null) return undefined;
  return (PREFIX << ID_BITS) | BigInt(`0x${match[1] ?? ''}${match[2] ?? ''}`);
}

/** Returns true if the value of a limit is the mark of a job. */
export function isJobMark(limit: bigint | undefined): boolean {
  return limit !== undefined && limit >> ID_BITS === PREFIX;
}
