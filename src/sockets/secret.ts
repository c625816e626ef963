import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The header in which an HTTP client of ours shows a secret. */
export const SECRET_HEADER = 'x-background-jobs-secret';

/** A secret of 256 bits that fits into a header and into JSON. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in a time that tells nothing of the secret but its length. */
export function isSameSecret(given: unknown, secret: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
