// prompt.mjs: asks a question without a line end, and acts on the answer.
import process from 'node:process';
import { createInterface } from 'node:readline';

process.stdout.write('Overwrite the files? (y/n) ');
const input = createInterface({ input: process.stdin }).once('line', (answer) => {
  console.log(answer === 'y' ? 'overwritten' : 'left alone');
  input.close();
  process.stdin.destroy();
});
