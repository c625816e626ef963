import type { JobManager } from '../../jobs/manager.ts';

/** How much of the end of a log is searched for addresses. */
const SEARCHED_BYTES = 64 * 1024;
const SEARCHED_LINES = 500;

/** Matches addresses of this machine, as servers print them. */
const LOCAL =
  /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::\d{1,5})?(?:\/[^\s'"<>)\]]*)?/gi;

/** Returns URLs of a job: those it printed, newest first, then the ports it listens on. */
export async function findAddresses(manager: JobManager, id: string): Promise<string[]> {
  const { text } = manager.logs.readTail(id, { lines: SEARCHED_LINES, maxBytes: SEARCHED_BYTES });
  const { ports } = await manager.inspect(id);
  return mergeAddresses(printedAddresses(text), ports);
}

/** Returns the addresses in a text, newest first and without duplicates. */
export function printedAddresses(text: string): string[] {
  const found = [...text.matchAll(LOCAL)].map(([url]) =>
    url.replace(/[.,;:]+$/, '').replace(/\/\/(0\.0\.0\.0|\[::\])/, '//localhost'),
  );
  return [...new Set(found.reverse())].filter((url) => URL.canParse(url));
}

/** Adds the ports that no printed address has. A printed address has the right scheme and path. */
export function mergeAddresses(printed: readonly string[], ports: readonly number[]): string[] {
  const known = new Set(printed.map((url) => portOf(url)));
  return [...printed, ...ports.filter((port) => !known.has(port)).map((port) => `http://localhost:${port}`)];
}

/** Returns the port of a URL, or the default port of its scheme. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
