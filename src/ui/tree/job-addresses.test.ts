import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeAddresses, printedAddresses } from './job-addresses.ts';

test('finds printed addresses of this machine, newest first', () => {
  const text = `
  VITE v5.0.0  ready in 300 ms
  ➜  Local:   http://localhost:5173/
  ➜  Network: http://192.168.1.7:5173/
Server running at http://127.0.0.1:8080. Docs: https://example.com/docs
listening on http://0.0.0.0:3000, "https://localhost:8443/app?x=1"
[::] http://[::]:4000/ (http://[::1]:4001)
again http://localhost:5173/`;
  assert.deepEqual(printedAddresses(text), [
    'http://localhost:5173/',
    'http://[::1]:4001',
    'http://localhost:4000/',
    'https://localhost:8443/app?x=1',
    'http://localhost:3000',
    'http://127.0.0.1:8080',
  ]);
});

test('lists each port once, preferring the printed address', () => {
  assert.deepEqual(
    mergeAddresses(['https://localhost:8443/app', 'http://localhost/'], [80, 443, 3000, 8443]),
    ['https://localhost:8443/app', 'http://localhost/', 'http://localhost:443', 'http://localhost:3000'],
  );
});
