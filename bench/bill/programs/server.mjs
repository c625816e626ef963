// server.mjs READY_MS: a development server that logs its steps, and its address once it is ready.
import { createServer } from 'node:http';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const readyMs = Number(process.argv[2]);
console.log(`> greeting is ${process.env.GREETING ?? 'none'}`);
for (let step = 1; step <= 4; step++) {
  console.log(`compiling ${step} of 4`);
  await sleep(readyMs / 4);
}
const server = createServer((_, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => console.log(`Local: http://localhost:${server.address().port}/`));
