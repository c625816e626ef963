// Makes a process hold 1 GB. Its children are spared: they do not get the variable that loaded this.
import { Buffer } from 'node:buffer';
import process from 'node:process';

delete process.env.NODE_OPTIONS;
globalThis.ballast = Buffer.alloc(1e9, 1);
