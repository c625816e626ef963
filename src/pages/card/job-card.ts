import {
  ACTION_TOOL,
  type CardAction,
  type CardState,
  MAX_LINES,
  STATE_TOOL,
} from '../../mcp/card/card-contract.ts';
import { type Look, terminalLines } from '../../mcp/card/terminal-lines.ts';
import { drawCurve } from '../shared/sparkline.ts';
import { HostConnection } from './host-connection.ts';
import { JobChoice } from './job-choice.ts';
import { plainLine } from './plain-line.ts';
import { durationText, sizeText } from './quantities.ts';
import { errorIn, jobsIn } from './tool-reply.ts';

const REFRESH_MS = 1000;
/** Ports are asked for less often than the rest, since that takes a look at all processes of the job. */
const PORTS_EVERY = 3;
/** Pause after a failure, for example while the window reloads. */
const RETRY_MS = 5000;
/** How many seconds the curve shows. */
const SAMPLES = 60;
const LOOKS = ['bold', 'dim', 'italic', 'underline'] as const;

const host = new HostConnection();
const choice = new JobChoice(element('jobs'), (id) => {
  follow(id);
  void refresh();
});
const rates: number[] = [];
let job: string | undefined;
let shown: CardState | undefined;
let timer: number | undefined;
let isOnScreen = true;
let isAsking = false;
let isOver = false;
/** How often the state of this job was asked for. */
let count = 0;
/** Why the last action failed. It stays until the next one, while the card is kept up to date. */
let refusal = '';

function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** A page that nobody sees asks for nothing. */
const isVisible = (): boolean => isOnScreen && document.visibilityState === 'visible';

function plan(pauseMs: number): void {
  window.clearTimeout(timer);
  timer =
    isOver || job === undefined || !isVisible()
      ? undefined
      : window.setTimeout(() => void refresh(), pauseMs);
}

async function refresh(): Promise<void> {
  if (isAsking || job === undefined) return;
  isAsking = true;
  const followed = job;
  try {
    const state = (await call(STATE_TOOL, {
      job_id: followed,
      printed: shown?.printed,
      ports: count++ % PORTS_EVERY === 0,
    })) as unknown as CardState;
    if (followed !== job) return;
    say(refusal);
    show(state);
    isOver = state.end !== undefined;
    plan(REFRESH_MS);
  } catch (error) {
    fail(error);
  } finally {
    isAsking = false;
    if (followed !== job) plan(0);
  }
}

/** The job may be gone, belong to another window, or its server may be restarting. */
function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const isGone = message.includes('There is no job');
  say(isGone ? 'The job was removed, or belongs to another window.' : `Not up to date: ${message}`);
  if (isGone) {
    isOver = true;
    for (const id of ['kill', 'restart', 'open', 'form']) element(id).hidden = true;
  }
  plan(RETRY_MS);
}

/** Calls a tool of the server. @throws Error with the message for the user */
async function call(name: string, args: object): Promise<Readonly<Record<string, unknown>>> {
  const result = await host.request('tools/call', { name, arguments: args });
  if (result.isError === true) {
    const [{ text } = { text: 'The call failed.' }] = result.content as { text: string }[];
    throw new Error(text.replace(/^Error: /, ''));
  }
  return result.structuredContent as Readonly<Record<string, unknown>>;
}

/** @returns false if the action was refused */
async function act(action: CardAction, text?: string): Promise<boolean> {
  if (job === undefined) return false;
  setBusy(true);
  refusal = '';
  say('');
  try {
    const { id } = await call(ACTION_TOOL, { job_id: job, action, ...(text !== undefined && { text }) });
    if (action === 'restart' && typeof id === 'string') {
      choice.replace(job, id);
      follow(id);
    }
    isOver = false;
    await refresh();
    return true;
  } catch (error) {
    refuse(error);
    return false;
  } finally {
    setBusy(false);
  }
}

function refuse(error: unknown): void {
  refusal = error instanceof Error ? error.message : String(error);
  say(refusal);
}

function sendInput(): void {
  const field = element('text') as HTMLInputElement;
  const { value } = field;
  field.value = '';
  void act('input', value).then((isSent) => {
    // The user may have typed something else in the meantime.
    if (!isSent && field.value === '') field.value = value;
    field.focus();
  });
}

function setBusy(isBusy: boolean): void {
  for (const button of document.querySelectorAll('button')) button.disabled = isBusy;
}

/** Shows another job from now on. */
function follow(id: string): void {
  job = id;
  choice.mark(id);
  isOver = false;
  refusal = '';
  shown = undefined;
  count = 0;
  rates.length = 0;
}

function show(state: CardState): void {
  const isRunning = state.end === undefined;
  if (shown !== undefined) {
    // More than a second if the card was hidden in the meantime.
    const seconds = Math.max(REFRESH_MS, state.ranMs - shown.ranMs) / 1000;
    rates.push(Math.max(0, state.printed - shown.printed) / seconds);
  }
  if (rates.length > SAMPLES) rates.shift();
  const status = element('status');
  const label = labelOf(state);
  // A status that is set again would be read aloud again.
  if (status.textContent !== label) status.textContent = label;
  status.className = isRunning ? '' : state.status === 'completed' ? 'good' : 'bad';
  const command = element('command');
  command.textContent = plainLine(
    state.name === undefined ? state.command : `${state.name}: ${state.command}`,
  );
  command.title = command.textContent;
  element('time').textContent = durationText(state.ranMs);
  if (state.ports !== undefined) showPorts(state.ports);
  showRate(isRunning);
  if (state.tail !== undefined) showOutput(state.tail);
  element('kill').hidden = !isRunning;
  element('restart').hidden = false;
  element('open').hidden = !state.canOpen;
  element('form').hidden = !state.takesInput || state.waitsFor === 'secret';
  // It may be the secret, and the field shows it when it is there again.
  if (state.waitsFor === 'secret') (element('text') as HTMLInputElement).value = '';
  if (state.waitsFor === 'secret' && refusal === '') {
    const place = state.canOpen ? 'Answer it in the sidebar' : 'Run it in a terminal instead';
    say(`The job asks for a secret. ${place}.`);
  }
  shown = state;
  resize();
}

function labelOf({ end, waitsFor, isReady, status }: CardState): string {
  if (end !== undefined) return end;
  if (waitsFor !== undefined) return 'waits for input';
  return isReady ? 'ready' : status;
}

function showPorts(ports: readonly number[]): void {
  const facts = element('facts');
  const links = ports.map((port) => {
    const link = document.createElement('a');
    const url = `http://localhost:${port}/`;
    link.href = url;
    link.textContent = `localhost:${port}`;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      void host.request('ui/open-link', { url }).catch(refuse);
    });
    return link;
  });
  const texts = links.map(({ textContent }) => textContent).join(' ');
  // Links that are replaced would lose the focus.
  if (facts.textContent.trim() === texts) return;
  facts.replaceChildren(...links.flatMap((link) => [link, ' ']));
}

function showRate(isRunning: boolean): void {
  drawCurve(document.getElementById('curve'), rates, SAMPLES);
  const last = isRunning ? rates.at(-1) : undefined;
  element('speed').textContent = last === undefined ? '' : `${sizeText(last)}/s`;
  document.getElementById('rate')?.classList.toggle('idle', !isRunning || rates.length < 2);
}

function showOutput(tail: string): void {
  const output = element('output');
  const isAtEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 4;
  const lines = terminalLines(tail, MAX_LINES).map((line) => {
    const row = document.createElement('div');
    for (const { text, look } of line) {
      const piece = document.createElement('span');
      // Only ever as text. The output is whatever a program printed.
      piece.textContent = text;
      style(piece, look);
      row.append(piece);
    }
    return row;
  });
  output.replaceChildren(...lines);
  if (isAtEnd) output.scrollTop = output.scrollHeight;
}

function style(piece: HTMLElement, look: Look): void {
  const { color, background } = look;
  if (color !== undefined) piece.style.color = cssColor(color);
  if (background !== undefined) piece.style.backgroundColor = cssColor(background);
  for (const name of LOOKS) if (look[name] === true) piece.classList.add(name);
}

function cssColor(color: string): string {
  if (color === 'background') return 'var(--well)';
  if (color === 'text') return 'var(--text)';
  return color.startsWith('#') ? color : `var(--c${color})`;
}

function say(message: string): void {
  const place = element('message');
  if (place.textContent !== message) place.textContent = message;
  resize();
}

let height = 0;
function resize(): void {
  const now = Math.ceil(document.documentElement.getBoundingClientRect().height);
  if (now === height) return;
  height = now;
  host.notify('ui/notifications/size-changed', { height });
}

/** Follows the theme of the host. */
function dress(context: Readonly<Record<string, unknown>>): void {
  const root = document.documentElement;
  if (context.theme === 'dark' || context.theme === 'light')
    root.classList.toggle('dark', context.theme === 'dark');
  const { variables } = (context.styles ?? {}) as { variables?: Readonly<Record<string, unknown>> };
  for (const [name, value] of Object.entries(variables ?? {})) {
    if (name.startsWith('--') && typeof value === 'string') root.style.setProperty(name, value);
  }
}

host.on('ui/notifications/tool-input', ({ arguments: args }) => {
  const { command } = (args ?? {}) as { command?: unknown };
  if (shown === undefined && typeof command === 'string') element('command').textContent = plainLine(command);
});
host.on('ui/notifications/tool-result', (result) => {
  const jobs = jobsIn(result);
  const [first] = jobs;
  if (first === undefined) {
    say(plainLine(errorIn(result) ?? 'There is no job to show.'));
    return;
  }
  choice.offer(jobs);
  follow(first.id);
  void refresh();
});
host.on('ui/notifications/tool-cancelled', () => say('The call was cancelled.'));
host.on('ui/notifications/host-context-changed', dress);
host.on('ui/resource-teardown', () => {
  isOver = true;
  window.clearTimeout(timer);
});

element('kill').addEventListener('click', () => void act('kill'));
element('restart').addEventListener('click', () => void act('restart'));
element('open').addEventListener('click', () => void act('open'));
// A form would need a sandbox that allows forms.
element('send').addEventListener('click', sendInput);
element('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.isComposing) sendInput();
});
document.addEventListener('visibilitychange', () => plan(0));
new IntersectionObserver((entries) => {
  isOnScreen = entries.some(({ isIntersecting }) => isIntersecting);
  plan(0);
}).observe(document.documentElement);

void host.open().then(({ hostContext }) => {
  dress((hostContext ?? {}) as Readonly<Record<string, unknown>>);
  resize();
});
