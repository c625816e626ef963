// Tries to start a process outside of the Job Object of this one (CREATE_BREAKAWAY_FROM_JOB), and prints the error.
const { Buffer } = require('node:buffer');
const { log } = require('node:console');
const koffi = require('koffi/indirect');
const kernel32 = koffi.load('kernel32.dll');
const create = kernel32.func(
  'int CreateProcessW(void *, _Inout_ void *, void *, void *, int, uint32, void *, void *, void *, _Out_ void *)',
);
const lastError = kernel32.func('uint32 GetLastError()');
const command = Buffer.from('ping.exe -n 300 127.0.0.1\0', 'utf16le');
const startup = Buffer.alloc(104);
startup.writeUInt32LE(startup.length, 0);
const isStarted =
  create(null, command, null, null, 0, 0x01000000, null, null, startup, Buffer.alloc(24)) !== 0;
log(isStarted ? 'left the job' : `error ${lastError()}`);
