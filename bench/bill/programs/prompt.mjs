// prompt.mjs: asks a question on a line without an end, and does what the answer says.
import process from 'node:process';
import { createInterface } from 'node:readline';

process.stdout.write('Overwrite the files? (y/n) ');
const input = createInterface({ input: process.stdin }).once('line', (answer) => {
  console.log(answer === 'y' ? 'overwritten' : 'left alone');
  input.close();
  process.stdin.destroy();
});
