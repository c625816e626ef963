import type { Chart, DetailsState, PageMessage } from '../../ui/details/details-contract.ts';
import { drawCurve } from '../shared/sparkline.ts';

/** Spaces of each level of the tree of processes. */
const INDENT = '\u00a0\u00a0';
const SVG = 'http://www.w3.org/2000/svg';

declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  /** VS Code gives it back after a reload. */
  setState(state: { readonly id: string }): void;
};

const editor = acquireVsCodeApi();
/** What each part of the page shows, as JSON. A part that is the same stays, and so do focus and selection in it. */
const shown = new Map<string, string>();

function part(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** Replaces a part of the page if its content has changed. */
function update<T>(id: string, content: T, make: (content: T) => readonly (Node | string)[]): void {
  const json = JSON.stringify(content);
  if (shown.get(id) === json) return;
  shown.set(id, json);
  part(id).replaceChildren(...make(content));
}

/** Makes an element. Texts are only ever text. */
function make(name: string, children: readonly (Node | string)[] = [], className = ''): HTMLElement {
  const element = document.createElement(name);
  element.append(...children);
  if (className !== '') element.className = className;
  return element;
}

function table(columns: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const heads = columns.map((column) => {
    const head = make('th', [column]);
    head.setAttribute('scope', 'col');
    return head;
  });
  return make('table', [make('thead', [make('tr', heads)]), make('tbody', rows)]);
}

function link(text: string, message: PageMessage): HTMLElement {
  const button = make('button', [text]);
  button.setAttribute('type', 'button');
  button.addEventListener('click', () => editor.postMessage(message));
  return button;
}

function show(state: DetailsState): void {
  editor.setState({ id: state.id });
  update('title', state.title, (title) => [title]);
  update('status', state.status, (status) => [status]);
  update('command', state.command, (command) => [command]);
  showCharts(state);
  update('ports', state.ports, ({ title, empty, ports }) => [
    make('h2', [title]),
    ...(ports.length === 0 ? [make('p', [empty], 'empty')] : []),
    ...ports.map((port) => link(`localhost:${port}`, { type: 'openPort', port })),
  ]);
  update('processes', state.processes, ({ title, empty, columns, rows, more }) => [
    make('h2', [title]),
    rows.length === 0 ? make('p', [empty], 'empty') : table(columns, rows.map(processRow)),
    ...(more === undefined ? [] : [make('p', [more], 'empty')]),
  ]);
  update('runs', state.runs, ({ title, columns, rows }) => [
    make('h2', [title]),
    table(columns, rows.map(runRow)),
  ]);
  update('environment', state.environment, ({ title, empty, names }) => [
    make('h2', [title]),
    names.length === 0
      ? make('p', [empty], 'empty')
      : make(
          'ul',
          names.map((name) => make('li', [name])),
        ),
  ]);
  update('facts', state.facts, (facts) =>
    facts.flatMap(([label, value]) => [make('dt', [label]), make('dd', [value])]),
  );
}

function processRow({ depth, cells }: DetailsState['processes']['rows'][number]): HTMLElement {
  const [command = '', ...others] = cells;
  const mark = depth === 0 ? '' : `${INDENT.repeat(depth - 1)}└ `;
  return make('tr', [make('td', [mark, command]), ...others.map((cell) => make('td', [cell]))]);
}

function runRow({ id, isShown, cells }: DetailsState['runs']['rows'][number]): HTMLElement {
  const [started = '', ...others] = cells;
  const first = isShown ? started : link(started, { type: 'openRun', id });
  const row = make('tr', [make('td', [first]), ...others.map((cell) => make('td', [cell]))]);
  if (isShown) row.setAttribute('aria-current', 'true');
  return row;
}

function showCharts(state: DetailsState): void {
  const { charts } = state;
  const titles = charts.map(({ title }) => title);
  update('charts', titles, () => titles.map(chartFrame));
  charts.forEach((chart, at) => drawChart(part('charts').children[at]!, chart, state));
}

function chartFrame(title: string): HTMLElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 100 20');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.append(document.createElementNS(SVG, 'path'));
  const figures = make('p', [make('span', [], 'summary'), make('span', [], 'span')], 'figures');
  return make('section', [make('h2', [title]), figures, svg]);
}

function drawChart(
  frame: Element,
  { title, summary, values, most }: Chart,
  { samples, span }: DetailsState,
): void {
  frame.querySelector('.summary')!.textContent = summary;
  frame.querySelector('.span')!.textContent = span;
  frame.querySelector('svg')!.setAttribute('aria-label', `${title}: ${summary}`);
  drawCurve(frame.querySelector('path'), values, samples, most);
}

function reportVisibility(): void {
  editor.postMessage({ type: document.visibilityState === 'visible' ? 'visible' : 'hidden' });
}

window.addEventListener('message', ({ data }) => show(data as DetailsState));
document.addEventListener('visibilitychange', reportVisibility);
reportVisibility();
