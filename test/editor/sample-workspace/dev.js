// A server such as a project has for its development: it never ends by itself. Enter prints its state.
import { createServer } from 'node:http';

let requests = 0;
const server = createServer((request, response) => {
  requests++;
  console.log(`${request.method} ${request.url}`);
  response.end('Hello from the sample workspace.\n');
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`ready on http://127.0.0.1:${server.address().port}`);
});
process.stdin.on('data', () => console.log(`${requests} requests so far`));
