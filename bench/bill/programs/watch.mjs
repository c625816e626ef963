// watch.mjs FILE SECONDS_MS: prints what `tsc --watch` prints. Each line of the file with the word "wrong" is an error.
import { readFileSync, watchFile } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , file, compileMs] = process.argv;
const POLL_MS = 20;

function report(text) {
  console.log(`12:00:00 AM - ${text}\n`);
}

async function compile(beginning) {
  report(beginning);
  await sleep(Number(compileMs));
  let errors = 0;
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (!line.includes('wrong')) continue;
    errors++;
    const message = "error TS2322: Type 'string' is not assignable to type 'number'.";
    console.log(`src/cart.ts(${String(at + 1)},7): ${message}`);
  }
  report(`Found ${String(errors)} ${errors === 1 ? 'error' : 'errors'}. Watching for file changes.`);
}

let compiling = compile('Starting compilation in watch mode...');
watchFile(file, { interval: POLL_MS }, () => {
  compiling = compiling.then(() => compile('File change detected. Starting incremental compilation...'));
});
