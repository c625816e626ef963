import * as vscode from 'vscode';
import { until } from './until.ts';

/** What the model does next. A tool is named by the end of its name: `execute` finds `mcp_jobs_execute`. */
type Turn =
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>>; readonly text?: string }
  | { readonly text: string };

/** Later turns are made of what the tools answered so far, oldest first. */
export type Script = readonly (Turn | ((results: readonly string[]) => Turn))[];

/** What the model got to see in one request. */
interface ModelRequest {
  readonly tools: readonly { name: string; description: string; inputSchema: unknown }[];
  /** All tool results of the conversation so far, as the model sees them. */
  readonly results: readonly string[];
}

export interface Transcript {
  readonly requests: readonly ModelRequest[];
  /** All tool results, oldest first. */
  readonly results: readonly string[];
}

export interface AgentOptions {
  /** Whether tools wait for a person's approval, as they do by default. The call returns when one waits. */
  readonly asks?: boolean;
}

/** What the fixture extension `scripted-model` gives. */
interface ScriptedModel {
  play(script: Script): void;
  requests(): ModelRequest[];
}

const CHAT = 'GitHub.copilot-chat';

/**
 * Lets a model that follows a script work in VS Code's own agent mode: the real Copilot Chat offers it the tools,
 * carries out its calls and brings it the results.
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
  await vscode.commands.executeCommand('workbench.action.chat.newChat');
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
 * A server ships Copilot Chat disabled, and enables it when this setting *becomes* false. It then asks to sign
 * in, unless the user has models of his own: the `profile` folder of the fixture says so. (A context key says it
 * too, but the workbench sets that anew from the profile.)
 */
async function enableChat(): Promise<void> {
  const isActive = (): boolean => vscode.extensions.getExtension(CHAT)?.isActive === true;
  const chat = vscode.workspace.getConfiguration('chat');
  if (!isActive()) {
    await chat.update('disableAIFeatures', true, vscode.ConfigurationTarget.Global);
    // Nothing tells that the change has been carried out.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await chat.update('disableAIFeatures', false, vscode.ConfigurationTarget.Global);
    await until(`${CHAT} is active`, isActive, 60_000);
  }
}

/** The context key is VS Code's own way to confirm in a test that all tools may run without being asked for. */
async function approveTools(isApproved: boolean): Promise<void> {
  const tools = vscode.workspace.getConfiguration('chat.tools.global');
  await tools.update('autoApprove', isApproved, vscode.ConfigurationTarget.Global);
  await vscode.commands.executeCommand(
    'setContext',
    'vscode.chat.tools.global.autoApprove.testMode',
    isApproved,
  );
}
