// tests.mjs: 50,000 lines of 100 bytes, the one failure after 60 % of them, and a summary.
import process from 'node:process';

const TESTS = 50_000;
const lines = Array.from({ length: TESTS }, (_, at) => `  ok ${String(at)} - renders row`.padEnd(99, '.'));
lines.splice(
  TESTS * 0.6,
  1,
  'FAIL src/cart.test.ts > adds up the items',
  '  AssertionError: expected 41 to be 42',
  '    at src/cart.test.ts:17:23',
);
lines.push('', `Tests: 1 failed, ${String(TESTS - 1)} passed`, '');
process.stdout.write(lines.join('\n'), () => process.exit(1));
