/** The server for Windows under Wine: starts, kills and looks at the process table. Wine is not Windows, so compare nothing. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../src/base/remove-folder.ts';
import { installWine, whyNoWine } from '../../test/wine/install-wine.ts';
import { WineMachine } from '../../test/wine/wine-machine.ts';
import { NotOffered } from '../peer.ts';
import type { Figures, Row } from '../row.ts';

/** It includes the download of Wine. */
const TIMEOUT_MS = 15 * 60 * 1000;

async function measure(): Promise<Figures> {
  const reason = whyNoWine();
  if (reason !== false) throw new NotOffered(`Wine ${reason}.`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const folder = mkdtempSync(join(tmpdir(), 'bg-bench-'));
  const machine = await WineMachine.create(await installWine(signal), folder);
  try {
    const figures = join(folder, 'figures.json');
    const { output } = await machine.runNode(['bench/programs/under-wine.ts', `Z:${figures}`], signal);
    if (!existsSync(figures)) throw new Error(`There are no figures. ${output}`);
    return JSON.parse(readFileSync(figures, 'utf8')) as Figures;
  } finally {
    await machine.close();
    removeFolder(folder, { maxRetries: 10 });
  }
}

export const wine: Row = {
  id: 'wine',
  ours: true,
  metrics: () => [
    { id: 'wine.first', title: 'under Wine: start → id, first job of a server', unit: 'ms' },
    { id: 'wine.start', title: 'under Wine: start → id', unit: 'ms' },
    { id: 'wine.kill', title: 'under Wine: kill of cmd and a Node program', unit: 'ms' },
    { id: 'wine.table', title: 'under Wine: a look at all processes', unit: 'ms' },
  ],
  measure: async () => ({ figures: await measure(), problems: [] }),
};
