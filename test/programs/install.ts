import { join } from 'node:path';
import { installOnce } from '../editor/cache.ts';
import { installPackages } from '../editor/npm-install.ts';

/** Installs packages of npm into the cache of the tests, once. @returns their folder, or why that is not possible */
export async function npmPackages(
  name: string,
  ...packages: string[]
): Promise<
  { readonly folder: string; readonly skip: false } | { readonly folder: ''; readonly skip: string }
> {
  try {
    const folder = await installOnce(name, async (draft) => {
      console.log(`Installing ${packages.join(', ')} from npm …`);
      await installPackages(draft, new AbortController().signal, ...packages);
    });
    return { folder: join(folder, 'node_modules'), skip: false };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { folder: '', skip: `needs ${packages.join(', ')} from npm (${reason})` };
  }
}
