// Prints `ready` with a name, and sleeps.
console.log(`ready ${process.argv[2] ?? ''}`);
setTimeout(() => undefined, 300_000);
