// Prints numbered lines: `print-lines.mjs <count>`.
for (let line = 0; line < Number(process.argv[2]); line++) console.log(`line ${line} ${'x'.repeat(100)}`);
