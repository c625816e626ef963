/** The cards of jobs in VS Code's chat. */
import { agentMode } from '../../test/editor/inside/agent-mode.ts';
import { inPage } from '../../test/editor/inside/page.ts';
import { until } from '../../test/editor/inside/until.ts';

/** Calls for one message. VS Code asks whether to continue after 25. */
const CALLS = 10;

/** Opens a chat without cards, with all code that a chat needs loaded. */
export async function openChat(): Promise<void> {
  await agentMode('Hello', [{ text: 'Hello' }]);
}

export async function showCards(commands: readonly string[]): Promise<void> {
  for (let at = 0; at < commands.length; at += CALLS) {
    const turns = commands.slice(at, at + CALLS).map((command) => ({ tool: 'execute', input: { command } }));
    await agentMode('Start the next jobs', [...turns, { text: 'They are started.' }], { keepsChat: true });
  }
  // A chat shows only the cards near its end.
  await until('there are cards', () =>
    inPage(async (page) => {
      const isCard = (await Promise.allSettled(
        page.frames().map((frame) => frame.evaluate(`document.getElementById('kill') !== null`)),
      )) as { value?: unknown }[];
      return isCard.some(({ value }) => value === true);
    }),
  );
}
