// Makes a process hold 1 GB. Its children do not: they lack the variable that loads this file.
import { Buffer } from 'node:buffer';
import process from 'node:process';

delete process.env.NODE_OPTIONS;
globalThis.ballast = Buffer.alloc(1e9, 1);
