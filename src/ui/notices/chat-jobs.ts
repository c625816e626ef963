import type { JobRecord } from '../../protocol/job-record.ts';

/**
 * Returns the jobs about which the chat gets a message: those that a chat started. Failures are reported alone, since a
 * message about both would ask for two things.
 *
 * @param setting the value of `backgroundJobs.tellChat`; true is the value of an earlier version
 */
export function jobsForChat(ended: readonly JobRecord[], setting: unknown): readonly JobRecord[] {
  if (setting !== 'failed' && setting !== 'all' && setting !== true) return [];
  const fromChat = ended.filter(({ startedBy }) => startedBy.conversation !== undefined);
  const failed = fromChat.filter(({ status }) => status !== 'completed');
  return failed.length === 0 && setting === 'all' ? fromChat : failed;
}
