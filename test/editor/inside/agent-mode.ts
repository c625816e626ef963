import * as vscode from 'vscode';
import { until } from './until.ts';

/** The next turn of the model. A tool is named by the end of its name: `execute` finds `mcp_jobs_execute`. */
type Turn =
  | {
      readonly tool: string;
      readonly input: Readonly<Record<string, unknown>>;
      readonly text?: string;
      /** True if the same entry of the script makes the turn after this one. */
      readonly again?: boolean;
    }
  | { readonly text: string };

/** A turn can be a function of the tool results so far, oldest first. */
export type Script = readonly (Turn | ((results: readonly string[]) => Turn))[];

/** What the model received in one request. */
interface ModelRequest {
  readonly tools: readonly { name: string; description: string; inputSchema: unknown }[];
  /** All texts of the conversation, such as the message of the user with its attachments. */
  readonly text: string;
  /** All tool results of the conversation so far, as the model sees them. */
  readonly results: readonly string[];
}

export interface Transcript {
  readonly requests: readonly ModelRequest[];
  /** All tool results, oldest first. */
  readonly results: readonly string[];
}

export interface AgentOptions {
  /** True if tools wait for the user's approval, as they do by default. The call returns when one waits. */
  readonly asks?: boolean;
  /** True to send the message in the chat that is open, with what is attached. */
  readonly keepsChat?: boolean;
}

/** The API of the fixture extension `scripted-model`. */
interface ScriptedModel {
  play(script: Script): void;
  requests(): ModelRequest[];
}

const CHAT = 'GitHub.copilot-chat';
/** How long VS Code may take to enable Chat. It knows no extension that is disabled. */
const ENABLE_MS = 30_000;
/** How long Chat may take to start on a busy machine. */
const START_MS = 90_000;

/**
 * Runs a scripted model in VS Code's agent mode. The real Copilot Chat offers it the tools, runs its calls and returns
 * the results to it.
 */
export async function agentMode(
  prompt: string,
  script: Script,
  options: AgentOptions = {},
): Promise<Transcript> {
  const model = await scriptedModel();
  await enableChat();
  await approveTools(options.asks !== true);
  model.play(script);
  if (options.keepsChat !== true) await vscode.commands.executeCommand('workbench.action.chat.newChat');
  await vscode.commands.executeCommand('workbench.action.chat.open', {
    query: prompt,
    mode: 'agent',
    modelSelector: { vendor: 'scripted', id: 'scripted' },
    blockOnResponse: true,
  });
  const requests = model.requests();
  return { requests, results: requests.at(-1)?.results ?? [] };
}

async function scriptedModel(): Promise<ScriptedModel> {
  const extension = vscode.extensions.getExtension<ScriptedModel>('test.scripted-model');
  if (extension === undefined) throw new Error('The suite needs the fixture extension scripted-model.');
  return await extension.activate();
}

/**
 * Enables Copilot Chat, which a server ships disabled, by changing a setting to false. Chat then asks to sign in unless
 * the user has other models, which the `profile` folder of the fixture configures. A context key would do that as well,
 * but the workbench resets it from the profile.
 */
async function enableChat(): Promise<void> {
  const isActive = (): boolean => vscode.extensions.getExtension(CHAT)?.isActive === true;
  const chat = vscode.workspace.getConfiguration('chat');
  for (let tries = 1; !isActive(); tries++) {
    await chat.update('disableAIFeatures', true, vscode.ConfigurationTarget.Global);
    // No event reports that the change was applied. If it is late, the next one has no effect.
    await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
    await chat.update('disableAIFeatures', false, vscode.ConfigurationTarget.Global);
    try {
      await until(`${CHAT} is enabled`, () => vscode.extensions.getExtension(CHAT) !== undefined, ENABLE_MS);
      await until(`${CHAT} is active`, isActive, START_MS);
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Lets all tools run without confirmation. VS Code's own tests set the same context key. */
async function approveTools(isApproved: boolean): Promise<void> {
  const tools = vscode.workspace.getConfiguration('chat.tools.global');
  await tools.update('autoApprove', isApproved, vscode.ConfigurationTarget.Global);
  await vscode.commands.executeCommand(
    'setContext',
    'vscode.chat.tools.global.autoApprove.testMode',
    isApproved,
  );
}
