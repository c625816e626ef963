import { plainLine } from './plain-line.ts';
import type { NamedJob } from './tool-reply.ts';

interface Choice {
  id: string;
  readonly button: HTMLElement;
}

/** Lets the user choose between the jobs of one call, if there are several. */
export class JobChoice {
  readonly #place: HTMLElement;
  readonly #onChosen: (id: string) => void;
  #choices: readonly Choice[] = [];

  constructor(place: HTMLElement, onChosen: (id: string) => void) {
    this.#place = place;
    this.#onChosen = onChosen;
  }

  offer(jobs: readonly NamedJob[]): void {
    this.#choices = jobs.length < 2 ? [] : jobs.map((job) => this.#choice(job));
    this.#place.replaceChildren(...this.#choices.map(({ button }) => button));
  }

  /** A job was started again, as another one. */
  replace(old: string, id: string): void {
    for (const choice of this.#choices) if (choice.id === old) choice.id = id;
  }

  /** Shows which job is chosen. */
  mark(id: string): void {
    for (const choice of this.#choices) choice.button.setAttribute('aria-pressed', String(choice.id === id));
  }

  #choice({ id, label }: NamedJob): Choice {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = plainLine(label);
    const choice = { id, button };
    button.addEventListener('click', () => this.#onChosen(choice.id));
    return choice;
  }
}
