import { quote } from '../base/quoted-text.ts';
import type { Bounds } from '../jobs/records/limits.ts';

/** Characters of an invalid value that a warning shows. */
const MAX_SHOWN = 200;

/** A value, and the flag or variable that it comes from. */
export interface GivenValue {
  readonly source: string;
  readonly text: string;
}

/** Reads values, and collects a warning for each that is not used as it is. */
export class OptionValues {
  readonly warnings: string[] = [];

  choice<Name extends string>(given: GivenValue | undefined, names: readonly Name[]): Name | undefined {
    const found = names.find((name) => name === given?.text);
    if (found === undefined) this.#ignore(given, `one of ${names.join(', ')}`);
    return found;
  }

  switch(given: GivenValue | undefined): boolean | undefined {
    if (given === undefined) return undefined;
    if (/^(1|true|yes|on)$/i.test(given.text)) return true;
    if (/^(0|false|no|off)$/i.test(given.text)) return false;
    this.#ignore(given, 'true or false');
    return undefined;
  }

  /** Returns the nearest number in range. */
  number(given: GivenValue | undefined, { min, max, unit }: Omit<Bounds, 'default'>): number | undefined {
    if (given === undefined) return undefined;
    const number = readNumber(given.text, unit === 'bytes');
    if (number === undefined) {
      this.#ignore(given, `a whole number of ${unit} from ${min} to ${max}`);
      return undefined;
    }
    const nearest = Math.min(Math.max(number, min), max);
    if (nearest !== number) {
      this.warn(given, `is out of range: ${min} to ${max} ${unit}. Using ${nearest}.`);
    }
    return nearest;
  }

  warn({ source, text }: GivenValue, problem: string): void {
    this.warnings.push(`${source}: ${quote(text, MAX_SHOWN)} ${problem}`);
  }

  #ignore(given: GivenValue | undefined, wanted: string): void {
    if (given !== undefined) this.warn(given, `is not ${wanted}. Ignored.`);
  }
}

const FACTORS: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Returns undefined for anything but a whole number. Only a size may have a unit. */
function readNumber(text: string, isSize: boolean): number | undefined {
  const match = /^(-?\d+)\s*(KB|MB|GB)?$/i.exec(text.trim());
  if (match === null || (match[2] !== undefined && !isSize)) return undefined;
  return Number(match[1]) * (FACTORS[(match[2] ?? '').toUpperCase()] ?? 1);
}
