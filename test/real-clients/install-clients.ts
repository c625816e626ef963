import { installOnce } from '../editor/cache.ts';
import { installPackages } from '../editor/npm-install.ts';

/** Installs a client from npm into the cache of the tests, once. @returns the folder with its `node_modules` */
export function installClient(name: string, version: string, signal: AbortSignal): Promise<string> {
  return installOnce(`${name.replace(/^@[^/]+\//, '')}-${version}`, async (draft) => {
    console.log(`Installing ${name} ${version} from npm …`);
    await installPackages(draft, signal, `${name}@${version}`);
  });
}
