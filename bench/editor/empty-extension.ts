import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes an extension that does nothing, to measure the extension host without ours. */
export function makeEmptyExtension(folder: string): string {
  const path = join(folder, 'empty-extension');
  mkdirSync(path);
  const manifest = {
    name: 'empty',
    publisher: 'bench',
    version: '1.0.0',
    engines: { vscode: '^1.105.0' },
    main: './main.js',
    activationEvents: ['onStartupFinished'],
  };
  writeFileSync(join(path, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(path, 'main.js'), 'exports.activate = () => undefined;\n');
  return path;
}
