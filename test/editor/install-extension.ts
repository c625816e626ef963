import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts an extension into the folder of installed extensions. VS Code reads the folder when it starts with a
 * new profile.
 */
export function installExtension(path: string, extensionsDir: string): void {
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<string, string>;
  const { publisher, name, version } = manifest;
  cpSync(path, join(extensionsDir, `${publisher}.${name}-${version}`), { recursive: true });
}
