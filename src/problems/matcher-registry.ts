import leven from 'leven';
import { quote } from '../base/quoted-text.ts';
import type { ProblemMatcher } from '../protocol/problem-matcher.ts';
import { BUILTIN_MATCHERS } from './builtin-matchers.ts';
import type { MatcherContributions, MatcherDefinition } from './matcher-definition.ts';
import { MatcherError } from './matcher-error.ts';
import { type KnownDefinitions, parseMatcher } from './matcher-parser.ts';

/** How many names an error lists, and how long a name may be to be compared. */
const MAX_SUGGESTIONS = 4;
const MAX_COMPARED_LENGTH = 64;

/** The matchers that have names: our own, and those of extensions, which take precedence. */
export class MatcherRegistry {
  readonly #sources: readonly MatcherContributions[];

  constructor(contributed: MatcherContributions = { patterns: [], matchers: [] }) {
    this.#sources = [contributed, BUILTIN_MATCHERS];
  }

  /** The names, without `$`. */
  get names(): readonly string[] {
    const names = this.#sources.flatMap(({ matchers }) => matchers.map(({ name }) => name));
    return [...new Set(names.filter((name) => typeof name === 'string'))];
  }

  /**
   * Returns the matchers that a list stands for. Variables in their paths stay.
   *
   * @param references names, with `$` or without, and definitions, as in `problemMatcher` of tasks.json
   * @throws MatcherError if one cannot be used
   */
  resolve(references: readonly unknown[]): ProblemMatcher[] {
    return references.flatMap((reference) => {
      if (typeof reference === 'string') return this.#named(reference.replace(/^\$/, ''), []);
      if (typeof reference !== 'object' || reference === null)
        throw new MatcherError(
          `${quote(String(reference), 100)} is not a problem matcher. Give a name or an object.`,
        );
      return parseMatcher(reference, this.#known([]));
    });
  }

  /** @param parents the matchers that are based on this one */
  #named(name: string, parents: readonly string[]): readonly ProblemMatcher[] {
    if (parents.includes(name)) {
      const circle = [...parents.slice(parents.indexOf(name)), name].map((each) => `$${each}`).join(' → ');
      throw new MatcherError(`The problem matchers are based on each other: ${circle}. Change one.`);
    }
    const definitions = this.#sources
      .map(({ matchers }) => matchers.filter((each) => each.name === name))
      .find((found) => found.length > 0);
    if (definitions === undefined) throw this.#unknown(name);
    return definitions.flatMap((definition: MatcherDefinition) =>
      parseMatcher(definition, this.#known([...parents, name])).map((each) => ({
        name: `$${name}`,
        ...each,
      })),
    );
  }

  #known(parents: readonly string[]): KnownDefinitions {
    return {
      matchers: (name) => this.#named(name, parents),
      pattern: (name) =>
        this.#sources.flatMap(({ patterns }) => patterns).find((pattern) => pattern.name === name),
    };
  }

  #unknown(name: string): MatcherError {
    const wanted = name.slice(0, MAX_COMPARED_LENGTH).toLowerCase();
    const near = this.names
      .map((known) => ({ known, distance: distanceOf(wanted, known.toLowerCase()) }))
      .sort((a, b) => a.distance - b.distance || a.known.localeCompare(b.known))
      .slice(0, MAX_SUGGESTIONS)
      .map(({ known }) => `$${known}`)
      .join(', ');
    return new MatcherError(
      `There is no problem matcher ${quote(`$${name}`, 100)}. Similar ones: ${near}. Use one of them, or "auto".`,
    );
  }
}

/** The distance of names that contain each other, such as `eslint` and `eslint-stylish`, is at most this. */
const DISTANCE_OF_PARTS = 3;

function distanceOf(wanted: string, known: string): number {
  const isPart = wanted !== '' && (known.includes(wanted) || wanted.includes(known));
  return Math.min(leven(wanted, known), isPart ? DISTANCE_OF_PARTS : Infinity);
}
