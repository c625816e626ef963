/** The tools of this project. They wait, so the model reads nothing twice. */
import type { CallTool } from '../mcp-client.ts';
import type { Agent } from './agent.ts';
import { played, SIGNS } from './story.ts';

/** Longest wait in seconds, in played time. */
const WAIT_S = played(45) / 1000;

export function ourAgent(call: CallTool): Agent {
  const idIn = (reply: string): string => /^id=(\S+)/.exec(reply)?.[1] ?? '';
  return {
    startServer: (command) => call('execute', { command, name: 'dev', regex: SIGNS.ready.source }),
    async findFailure(command) {
      const reply = await call('execute', { command, name: 'test', until: 'exit' });
      if (!SIGNS.failure.test(reply)) await call('search', { job_id: 'test', regex: '^FAIL' });
    },
    async answerPrompt(command) {
      await call('execute', { command, name: 'setup', regex: 'Overwrite.*\\?' });
      await call('interact', { job_id: 'setup', input: 'y' });
    },
    async followBuild(command) {
      const first = { command, name: 'build', until: 'exit', wait_s: WAIT_S };
      let reply = await call('execute', first);
      while (reply.includes('reason=timeout')) {
        const cursor = Number(/next_cursor=(\d+)/.exec(reply)?.[1]);
        reply = await call('wait', { job_id: 'build', cursor, wait_s: WAIT_S });
      }
    },
    async cleanUp() {
      const running = await call('list', { status: 'running' });
      for (const [, id] of running.matchAll(/^id=(\S+)/gm)) await call('kill', { job_id: id });
    },
    async changeEnvironment(jobId, command) {
      await call('kill', { job_id: jobId });
      const env = { GREETING: 'evening' };
      await call('execute', { command, env, regex: 'greeting' });
    },
    async editAndCompile(command, { breakFile, repairFile }) {
      const watcher = { command, name: 'types', problems: ['$tsc-watch'], until: 'ready' };
      let reply = await call('execute', watcher);
      for (const edit of [breakFile, repairFile]) {
        await edit();
        const cursors = [Number(/next_cursor=(\d+)/.exec(reply)?.[1])];
        reply = await call('wait', { job_ids: ['types'], cursors, until: 'ready' });
      }
    },
    prepare: async (command) => idIn(await call('execute', { command })),
  };
}
