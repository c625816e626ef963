import { listen } from './processes.ts';

/** Returns a port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { port, server } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * A server that obeys the lines of its input: `open` listens on the port, `open other` on the other one, and `close` stops that,
 * and says so. Any other line is printed.
 */
export function obedientServer(port: number, other = port, host = '127.0.0.1'): string {
  return `${JSON.stringify(process.execPath)} -e '
  let server;
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    if (line.startsWith("open")) {
      server = require("net").createServer((socket) => socket.destroy());
      server.listen(line === "open" ? ${port} : ${other}, "${host}", () => console.log("opened"));
    } else if (line === "close") server.close(() => console.log("closed"));
    else console.log(line);
  });
  console.log("started");'`;
}
