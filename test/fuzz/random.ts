import fc from 'fast-check';
import { isLong } from '../support/repeats.ts';

/** The seed of this run. `FUZZ_SEED` repeats one. Short runs are always the same, and long ones always differ. */
export const SEED = Number(process.env.FUZZ_SEED ?? (isLong ? Date.now() % 2 ** 31 : 1));

/** Generates the same numbers for the same seed (mulberry32 by T. Ettinger, public domain). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** Returns values that careless code fails on, and many random ones. All can be encoded as JSON. */
export function oddValues(seed: number): readonly unknown[] {
  const some = (arbitrary: fc.Arbitrary<unknown>): unknown[] => fc.sample(arbitrary, { seed, numRuns: 100 });
  const texts = [
    ...[
      '',
      ' ',
      '\0',
      'a\0b',
      '\ud800',
      'x\udfffy',
      '\ufeff',
      '\u202e',
      '😀',
      '\r\n',
      '\x1b[31m',
      '../../etc/passwd',
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      'NaN',
      'null',
      '-1',
      '1e999',
      '%',
      '%00',
      '%ff',
      '${x}',
      'x'.repeat(1e4),
    ],
  ];
  const numbers = [0, -0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 5e-324, Number.MAX_SAFE_INTEGER];
  // Parsed, so that these names become own properties.
  const traps = [
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"toString":1,"valueOf":null,"toJSON":{}}',
    '{"length":1e9}',
    `${'['.repeat(40)}${']'.repeat(40)}`,
    `{"a":${'{"a":'.repeat(30)}1${'}'.repeat(31)}`,
  ].map((json) => JSON.parse(json) as unknown);
  return [
    ...[...texts, ...numbers, ...traps, null, true, false, [], {}, [null], [[]]],
    ...some(fc.string({ unit: 'binary', maxLength: 50 })),
    ...some(fc.double({ noNaN: true, noDefaultInfinity: true })),
    ...some(fc.jsonValue({ maxDepth: 3 })),
  ];
}
