import type { Page } from 'playwright-core';
import { installOnce } from '../editor/cache.ts';
import { installPackages } from '../editor/npm-install.ts';
import type { RemoteControl } from '../editor/remote-control.ts';

/** Each takes a few seconds. On a busy machine, a list takes longer to open. */
const MAX_TRIES = 60;

/** One of the programs in which the Agent Host runs a session. */
export interface Harness {
  readonly name: string;
  /** Type of its sessions in VS Code. */
  readonly type: string;
  /** Id of a model that it accepts. */
  readonly model: string;
  /** Settings without which VS Code does not offer its sessions. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Lets the open session run all tools unasked. */
  readonly approveAll: (control: RemoteControl, page: Page) => Promise<void>;
  /** Returns what the Agent Host needs in its environment. Downloads the program if it does not come with VS Code, and
   * places it where the editor can read it. */
  readonly prepare: (
    signal: AbortSignal,
    place: (program: string) => string,
  ) => Promise<Readonly<Record<string, string>>>;
  /** False if the first request of a message can come before the tools of MCP servers are known. */
  readonly waitsForServers?: boolean;
  /** The whole editor must run as another user if the tests run as root. */
  readonly refusesRoot?: boolean;
}

export const COPILOT: Harness = {
  name: 'Copilot',
  type: 'agent-host-copilotcli',
  model: 'scripted',
  settings: {},
  approveAll,
  prepare: () => Promise.resolve({}),
};

export const CODEX: Harness = {
  name: 'Codex',
  type: 'agent-host-codex',
  model: '@provider=vscode-proxy:scripted-responses',
  waitsForServers: false,
  settings: { 'chat.editor.codex.preferAgentHost': true, 'chat.agentHost.codexAgent.enabled': true },
  async approveAll(_control, page) {
    // In a narrow side bar the button is an icon. The list closes if something else takes the focus.
    const patience = { timeout: 3000 };
    const picked = page.locator('.action-label', { hasText: 'Full Access' });
    for (let tries = 1; (await picked.count()) === 0; tries++) {
      try {
        await page.locator('.action-label', { hasText: 'Default Permissions' }).click(patience);
        await page.locator('.action-widget').getByText('Full Access').click(patience);
        await picked.waitFor({ ...patience, state: 'attached' });
      } catch (error) {
        if (tries === MAX_TRIES) throw error;
        await page.keyboard.press('Escape');
      }
    }
  },
  async prepare(signal, place) {
    const program = await installProgram('codex-0.171.0', '@openai/codex@0.171.0', signal);
    return {
      VSCODE_AGENT_HOST_CODEX_AGENT_ENABLED: 'true',
      VSCODE_AGENT_HOST_CODEX_SDK_ROOT: place(program),
    };
  },
};

export const CLAUDE: Harness = {
  name: 'Claude',
  type: 'agent-host-claude',
  model: '@provider=copilot:claude-sonnet-4.5',
  settings: {},
  approveAll,
  refusesRoot: true,
  async prepare(signal, place) {
    const name = '@anthropic-ai/claude-agent-sdk@0.3.332';
    const program = await installProgram('claude-agent-sdk-0.3.332', name, signal);
    return { VSCODE_AGENT_HOST_CLAUDE_SDK_ROOT: place(program) };
  },
};

/** The context key is VS Code's own way to confirm in a test that all tools may run unasked. */
async function approveAll(control: RemoteControl): Promise<void> {
  await control.set('chat.tools.global', 'autoApprove', true);
  await control.command('setContext', 'vscode.chat.tools.global.autoApprove.testMode', true);
}

/** Returns the folder with the `node_modules` of a package. */
async function installProgram(name: string, spec: string, signal: AbortSignal): Promise<string> {
  return await installOnce(name, async (draft) => {
    console.log(`Installing ${spec} from npm …`);
    await installPackages(draft, signal, spec);
  });
}
