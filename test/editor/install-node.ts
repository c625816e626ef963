import { join } from 'node:path';
import { installOnce } from './cache.ts';
import { installPackages } from './npm-install.ts';

/**
 * Installs Node of a given major version. The extension host hangs on a newer Node than the one it was made for, so
 * older versions of VS Code need an older one. npm has the binaries, in a package for each system.
 */
export async function installNode(major: string, signal: AbortSignal): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const folder = await installOnce(name.replace('node', `node-${major}`), async (draft) => {
    console.log(`Installing Node ${major} from npm …`);
    await installPackages(draft, signal, `${name}@${major}`);
  });
  const bin = join(folder, 'node_modules', name, 'bin');
  return join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
}
