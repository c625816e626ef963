import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinArguments } from './command-line.ts';
import { parseListeners } from './listening-ports.ts';
import { variableIn } from './process-memory.ts';
import { coordinates } from './pseudo-console.ts';
import { attributesOf, environmentBlock, startupInfo } from './startup-info.ts';
import { parseSnapshot } from './system-snapshot.ts';

/** Writes a SYSTEM_PROCESS_INFORMATION as the system does. @param at where it begins @param next size, 0 for the last one */
function writeProcess(buffer: Buffer, at: number, pid: bigint, { name = '', next = 0, address = 0n }): void {
  buffer.writeUInt32LE(next, at);
  buffer.writeBigInt64LE(134_403_737_112_066_370n, at + 32);
  buffer.writeBigInt64LE(20_000n, at + 40);
  buffer.writeBigInt64LE(10_000n, at + 48);
  buffer.writeUInt16LE(name.length * 2, at + 56);
  buffer.writeBigUInt64LE(address + BigInt(at + 160), at + 64);
  buffer.writeBigUInt64LE(pid, at + 80);
  buffer.writeBigUInt64LE(4n, at + 88);
  buffer.writeBigUInt64LE(4096n, at + 144);
  buffer.write(name, at + 160, 'utf16le');
}

test('a snapshot lists processes with their times, memory and names, without the idle time', () => {
  const buffer = Buffer.alloc(1024);
  const address = 0x7f0000000000n;
  writeProcess(buffer, 0, 0n, { next: 200, address });
  writeProcess(buffer, 200, 32n, { name: 'node.exe', address });
  assert.deepEqual(parseSnapshot(buffer, address), [
    { pid: 32, parent: 4, started: '134403737112066370', cpuMs: 3, memoryBytes: 4096, name: 'node.exe' },
  ]);
});

test('a name that is not in the buffer is empty', () => {
  const buffer = Buffer.alloc(300);
  writeProcess(buffer, 0, 8n, { name: 'x', address: 0x1000000n });
  assert.equal(parseSnapshot(buffer, 0n)[0]?.name, '');
});

test('listeners have their port in network byte order', () => {
  const table = Buffer.alloc(4 + 2 * 24);
  table.writeUInt32LE(2, 0);
  table.writeUInt16BE(3000, 4 + 8);
  table.writeUInt32LE(77, 4 + 20);
  table.writeUInt16BE(8080, 4 + 24 + 8);
  table.writeUInt32LE(78, 4 + 24 + 20);
  assert.deepEqual(parseListeners(table, { bytes: 24, port: 8, pid: 20 }), [
    { port: 3000, pid: 77 },
    { port: 8080, pid: 78 },
  ]);
});

test('a variable is found without regard to case, and may be empty or missing', () => {
  const environment = 'Path=C:\\x\0background_jobs_job_id=abc\0EMPTY=\0';
  assert.equal(variableIn(environment, 'BACKGROUND_JOBS_JOB_ID'), 'abc');
  assert.equal(variableIn(environment, 'EMPTY'), '');
  assert.equal(variableIn(environment, 'ATH'), undefined);
});

test('an environment block is sorted without regard to case and ends with an empty string', () => {
  const block = environmentBlock({ b: '2', A: '1', skipped: undefined, C: 'x=y' });
  assert.equal(block.toString('utf16le'), 'A=1\0b=2\0C=x=y\0\0\0');
});

const PIPES = { stdin: 0x10, stdout: 0x14, stderr: 0x14 };
const CONSOLE = { console: 0x1a2b3c4d5e6fn };

test('a process inherits its streams, each handle once, and is born in its job', () => {
  const [handles, job, ...rest] = attributesOf(PIPES, 0x20);
  assert.deepEqual(handles, { id: 0x20002, value: longs(0x10n, 0x14n), bytes: 16 });
  assert.deepEqual(job, { id: 0x2000d, value: longs(0x20n), bytes: 8 });
  assert.deepEqual(rest, []);
  assert.equal(attributesOf(PIPES, undefined).length, 1);
});

test('a process with a pseudoconsole inherits no handle, and is born in its job', () => {
  assert.deepEqual(attributesOf(CONSOLE, 0x20), [
    // The pseudoconsole itself, and not its address.
    { id: 0x20016, value: 0x1a2b3c4d5e6fn, bytes: 8 },
    { id: 0x2000d, value: longs(0x20n), bytes: 8 },
  ]);
});

test('a STARTUPINFOEXW holds the streams of a process and the address of its attributes', () => {
  const info = startupInfo(PIPES, 0x7f00_1234_5678n);
  assert.equal(info.length, 112);
  assert.equal(info.readUInt32LE(0), 112);
  assert.equal(info.readUInt32LE(60), 0x101);
  assert.deepEqual(info.subarray(80), longs(0x10n, 0x14n, 0x14n, 0x7f00_1234_5678n));
});

test('a STARTUPINFOEXW for a pseudoconsole asks for streams and names none, so those of the runner are not used', () => {
  const info = startupInfo(CONSOLE, 0x7f00_1234_5678n);
  assert.equal(info.readUInt32LE(60), 0x100);
  assert.deepEqual(info.subarray(80), longs(0n, 0n, 0n, 0x7f00_1234_5678n));
});

test('the size of a console is a COORD: columns in the lower half, rows in the upper one', () => {
  assert.equal(coordinates({ columns: 120, rows: 30 }), 0x001e_0078);
  assert.equal(coordinates({ columns: 32_767, rows: 32_767 }), 0x7fff_7fff);
});

function longs(...values: readonly bigint[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8);
  for (const [at, value] of values.entries()) buffer.writeBigInt64LE(value, at * 8);
  return buffer;
}

// The examples of "Parsing C command-line arguments", and those of libuv's quote_cmd_arg().
for (const [argument, quoted] of [
  ['plain', 'plain'],
  ['', '""'],
  ['a b', '"a b"'],
  ['a"b', '"a\\"b"'],
  ['a\\b', 'a\\b'],
  ['a b\\', '"a b\\\\"'],
  ['a\\"b', '"a\\\\\\"b"'],
  ['c:\\x y\\', '"c:\\x y\\\\"'],
  ['line\nline', '"line\nline"'],
] as const) {
  test(`the argument ${JSON.stringify(argument)} is quoted`, () => {
    assert.equal(joinArguments(['x', argument]), `x ${quoted}`);
  });
}
