import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The header in which our HTTP clients send the secret. */
export const SECRET_HEADER = 'x-background-jobs-secret';

/** Returns a random secret of 256 bits that needs no escaping in a header or in JSON. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in a time that reveals nothing about the secret but its length. */
export function isSameSecret(given: unknown, secret: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
