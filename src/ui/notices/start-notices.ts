import * as vscode from 'vscode';
import { shorten } from '../../base/shorten.ts';
import type { JobRecord } from '../../protocol/job-record.ts';
import { COMMANDS, OTHER_SETTINGS } from '../contributions.ts';
import { agentName } from '../format/agent-name.ts';
import { messageText, printable } from '../format/printable.ts';
import type { ManagerSource } from '../manager-source.ts';
import { readSetting } from '../settings.ts';

const MAX_COMMAND_LENGTH = 200;

/**
 * Shows the command of a job that a Copilot, Codex or Claude session of VS Code starts. The confirmation of such a session
 * names the tool only, and confirms it for the rest of the session.
 */
export function showStartNotices(jobs: ManagerSource): void {
  jobs.onCreated((manager) => {
    const since = Date.now();
    const seen = new Set<string>();
    manager.jobs.on('changed', (job) => {
      // A job that was found again after a reload is not new.
      if (job.startedAt < since || seen.has(job.id)) return;
      if (job.status === 'queued' || job.failedDependency !== undefined) return;
      seen.add(job.id);
      const agent = sessionAgent(job);
      if (agent !== undefined && readSetting(OTHER_SETTINGS.showAgentCommands) !== false)
        void show(job, agent);
    });
    manager.jobs.on('removed', ({ id }) => seen.delete(id));
  });
}

/** Returns the name of the agent if the job was started in a session of the Agent Host. */
function sessionAgent({ startedBy }: JobRecord): string | undefined {
  return startedBy.conversation === undefined ? undefined : agentName(startedBy.client);
}

async function show(job: JobRecord, agent: string): Promise<void> {
  const output = vscode.l10n.t('Show Output');
  const kill = vscode.l10n.t('Kill');
  const command = printable(shorten(job.command, MAX_COMMAND_LENGTH));
  const message = messageText(vscode.l10n.t('{0} runs: {1}', agent, command));
  const answer = await vscode.window.showInformationMessage(message, output, kill);
  if (answer === output) await vscode.commands.executeCommand(COMMANDS.showOutput, { id: job.id });
  else if (answer === kill) await vscode.commands.executeCommand(COMMANDS.kill, { id: job.id });
}
