import { join } from 'node:path';
import { installOnce } from '../editor/cache.ts';
import { installPackages } from '../editor/npm-install.ts';

/**
 * Installs a package with a command into the cache of the tests, once. With its dependencies, it is larger than all that
 * this repository needs.
 *
 * @param main path of the script in the package
 * @returns path of the script
 */
async function install(name: string, version: string, main: string, signal: AbortSignal): Promise<string> {
  const folder = await installOnce(`${name.replace(/^.*\//, 'mcp-')}-${version}`, async (draft) => {
    console.log(`Installing ${name} ${version} from npm …`);
    await installPackages(draft, signal, `${name}@${version}`);
  });
  return join(folder, 'node_modules', name, main);
}

/** The suite that the maintainers of the protocol publish. */
export function installConformanceSuite(signal: AbortSignal): Promise<string> {
  return install('@modelcontextprotocol/conformance', '0.1.16', 'dist/index.js', signal);
}

/** The suite for MCP 2026-07-28. It is a prerelease, since the newest release does not know this revision. */
export function installStatelessSuite(signal: AbortSignal): Promise<string> {
  return install('@modelcontextprotocol/conformance', '0.2.0-alpha.12', 'dist/index.js', signal);
}

/** The MCP Inspector. */
export function installInspector(signal: AbortSignal): Promise<string> {
  const main = 'clients/launcher/build/index.js';
  return install('@modelcontextprotocol/inspector', '2.12.0', main, signal);
}
