import type { JobManager } from '../../jobs/manager.ts';

/** Bytes at the end of a log, and lines there, in which addresses are looked for. */
const LAST_BYTES = 64 * 1024;
const LAST_LINES = 500;

/** Addresses of this machine, as servers print them. */
const LOCAL =
  /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::\d{1,5})?(?:\/[^\s'"<>)\]]*)?/gi;

/** URLs at which a job can be reached: those that it printed last, then the ports on which it listens. */
export async function findAddresses(manager: JobManager, id: string): Promise<string[]> {
  const { text } = manager.logs.readTail(id, { lines: LAST_LINES, maxBytes: LAST_BYTES });
  const { ports } = await manager.inspect(id);
  return mergeAddresses(printedAddresses(text), ports);
}

/** Newest first, each once. */
export function printedAddresses(text: string): string[] {
  const found = [...text.matchAll(LOCAL)].map(([url]) =>
    url.replace(/[.,;:]+$/, '').replace(/\/\/(0\.0\.0\.0|\[::\])/, '//localhost'),
  );
  return [...new Set(found.reverse())].filter((url) => URL.canParse(url));
}

/** A port of which a printed address tells is not named again: that has the right scheme and path. */
export function mergeAddresses(printed: readonly string[], ports: readonly number[]): string[] {
  const known = new Set(printed.map((url) => portOf(url)));
  return [...printed, ...ports.filter((port) => !known.has(port)).map((port) => `http://localhost:${port}`)];
}

/** The port of a URL, also where it is left out. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
