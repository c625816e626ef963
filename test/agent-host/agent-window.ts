import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { installExtension } from '../editor/install-extension.ts';
import { installVsix } from '../editor/install-vsix.ts';
import { give, lend, ordinaryUser } from '../editor/ordinary-user.ts';
import { CONTROL_VARIABLE, REMOTE_CONTROL, RemoteControl } from '../editor/remote-control.ts';
import { openWindow, type Window } from '../editor/window.ts';
import { SOON, untilDone } from '../editor/window-steps.ts';
import { trust } from '../editor/workspace-trust.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { type CopilotApi, NotOfferedError, startCopilotApi } from './copilot-api.ts';
import type { Harness } from './harnesses.ts';
import type { ModelRequest, Script } from './script.ts';

const root = join(import.meta.dirname, '..', '..');
/** How long the first window and the Agent Host may take to start on a busy machine. */
const PATIENCE_MS = 90_000;
/** How often a prompt is sent to a harness that does not wait for MCP servers. */
const MAX_TRIES = 5;
/** How long a session may take for a prompt. A turn takes seconds, and on a busy machine less than a minute. */
const PROMPT_TIMEOUT_MS = 90_000;
/** How long a list may take to close after a click. */
const CLICK_TIMEOUT_MS = 10_000;
const CHAT = 'GitHub.copilot-chat';

/** VS Code has left a session waiting forever, as it does now and then with the first messages (docs/clients.md). */
export class StuckSessionError extends Error {}

export interface AgentWindow extends Window {
  readonly api: CopilotApi;
  readonly control: RemoteControl;
  /** Opens a new session of the harness in the side bar. */
  readonly openSession: () => Promise<void>;
  /** Reloads the window and opens the latest session again. */
  readonly reload: () => Promise<void>;
  /** Sends a prompt in the session that is open. Resolves once the script is at its end, with what the model received. */
  readonly prompt: (text: string, script: Script) => Promise<readonly ModelRequest[]>;
}

export interface AgentWindowOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of more extensions. */
  readonly extensions?: readonly string[];
  /** Trust the folder as a person does, so that a test can withdraw that. Our extension is installed then. */
  readonly isTrustedByHand?: boolean;
  /** Leave it to the harness to ask before it calls tools. */
  readonly asks?: boolean;
}

/** Opens a window in which the sessions of a harness work offline, signed in nowhere, with a scripted model. */
export async function openAgentWindow(
  t: TestContext,
  harness: Harness,
  options: AgentWindowOptions = {},
): Promise<AgentWindow> {
  const folder = scratchFolder(t);
  const extensionsDir = join(folder, 'extensions');
  const home = join(folder, 'home');
  const user = harness.refusesRoot === true ? ordinaryUser() : undefined;
  const { isTrustedByHand = false, asks = false } = options;
  const isInstalled = isTrustedByHand || user !== undefined;
  mkdirSync(home);
  if (!isInstalled) mkdirSync(extensionsDir);
  else cpSync(await installVsix(t), extensionsDir, { recursive: true });
  // VS Code would read this list in place of the folder.
  rmSync(join(extensionsDir, 'extensions.json'), { force: true });
  for (const each of [REMOTE_CONTROL, ...(options.extensions ?? [])]) installExtension(each, extensionsDir);
  const control = new RemoteControl();
  const socket = join(folder, 'control');
  await control.listen(socket);
  atEnd(t, () => control.close());
  if (user !== undefined) for (const each of [home, socket]) give(user, each);
  const api = await startCopilotApi();
  atEnd(t, () => api.close());
  const window = await openWindow(t, {
    ...(!isInstalled && { extension: root }),
    askForTrust: isTrustedByHand,
    keepsJobs: true,
    extensionsDir,
    user,
    settings: {
      // A door of VS Code for such tests: it replaces the sign-in, and is open with --enable-smoke-test-driver only.
      'chat.agentHost.unsafeTestToken': 'token',
      'chat.agentHost.githubMcpServer.enabled': false,
      'chat.disableAIFeatures': true,
      ...(isTrustedByHand && {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
      }),
      ...harness.settings,
      ...options.settings,
    },
    env: {
      HOME: home,
      [CONTROL_VARIABLE]: socket,
      VSCODE_AGENT_HOST_CAPI_URL_OVERRIDE: api.origin,
      COPILOT_API_URL: api.origin,
      COPILOT_DEBUG_GITHUB_API_URL: api.origin,
      ...(await harness.prepare(t.signal, (program) =>
        user === undefined ? program : lend(program, folder),
      )),
      ...options.env,
    },
  });
  if (isTrustedByHand) {
    await window.page.getByText('Restricted Mode').first().waitFor({ timeout: PATIENCE_MS });
    await trust(window.page);
  }
  // A server ships Copilot Chat disabled, and enables it when this setting becomes false.
  await control.set('chat', 'disableAIFeatures', false);
  await control.untilActive(CHAT);
  const opener = `workbench.action.chat.openNewChatSessionInPlace.${harness.type}`;
  const untilOffered = (): Promise<void> =>
    eventually(
      `${harness.name} sessions are offered`,
      // The extension host that is asked may be the one of the page before a reload.
      async () => (await control.commands().catch((): string[] => [])).includes(opener),
      PATIENCE_MS,
    );
  await untilOffered();
  const { page } = window;
  page.setDefaultTimeout(PATIENCE_MS);
  return {
    ...window,
    api,
    control,
    async openSession() {
      await untilOffered();
      await control.command(opener, 'sidebar');
      if (!asks) await harness.approveAll(control, page);
    },
    async reload() {
      await page.reload();
      await untilOffered();
      await untilDone(page, async () => {
        const picked = control.command('workbench.action.chat.pickAgentSession');
        // It is over when the list closes.
        picked.catch(() => undefined);
        await page.locator('.quick-input-list [role="option"]').first().click(SOON);
        await Promise.race([picked, untilLost()]);
      });
      if (!asks) await harness.approveAll(control, page);
    },
    async prompt(text, script) {
      for (let tries = 1; ; tries++) {
        try {
          const played = api.play(script);
          const sent = send(control, harness, text).then(() => played);
          return await Promise.race([sent, played, untilStuck(text)]);
        } catch (error) {
          const isLate = error instanceof NotOfferedError && error.isServerMissing;
          if (!isLate || harness.waitsForServers !== false || tries === MAX_TRIES) throw error;
        }
      }
    },
  };
}

/** @throws an error when a click should have had its effect */
async function untilLost(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, CLICK_TIMEOUT_MS).unref());
  throw new Error('The list of sessions did not close after a click.');
}

/** @throws StuckSessionError after some time */
async function untilStuck(text: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, PROMPT_TIMEOUT_MS).unref());
  throw new StuckSessionError(`The session did not finish the prompt "${text}".`);
}

/** Sends a prompt. The harness may offer its models a moment after the session was opened. */
async function send(control: RemoteControl, { type, model }: Harness, query: string): Promise<void> {
  const modelSelector = { vendor: type, id: model };
  await eventually(
    `the model ${model} is offered`,
    async () => {
      try {
        await control.command('workbench.action.chat.open', { query, modelSelector, blockOnResponse: true });
        return true;
      } catch (error) {
        if (String(error).includes('No language models found')) return false;
        throw error;
      }
    },
    PATIENCE_MS,
  );
}
