import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Returns true if jobs can have terminals here: on Linux and macOS, if the package for this system includes the native
 * module. It is not loaded for this.
 *
 * @param modulesFolder the folder in whose `node_modules` the module is
 */
export function hasTerminalSupport(modulesFolder: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    createRequire(join(modulesFolder, 'runner.js')).resolve('koffi/indirect');
    return true;
  } catch {
    // It is not installed: see @returns.
    return false;
  }
}
