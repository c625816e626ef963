// Completes package.json for a release, in a workflow of GitHub: `npm run release:manifest`. The addresses come from the
// repository in which the workflow runs, so a fork releases under its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Manifest = Readonly<Record<string, unknown>> & { readonly version: string };

/**
 * Returns the manifest with the addresses of the repository, and without the mark that keeps it from being published.
 *
 * @param env the environment of a step of the workflow
 * @throws Error if the repository is unknown or the tag is not the one of the version
 */
export function releaseManifest(manifest: Manifest, env: NodeJS.ProcessEnv): Manifest {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_REF_NAME: tag } = env;
  if (!server || !repository) {
    throw new Error('GITHUB_SERVER_URL or GITHUB_REPOSITORY is not set. Run this in a workflow of GitHub.');
  }
  if (tag !== `v${manifest.version}`) {
    throw new Error(`The tag ${tag ?? ''} does not match the version ${manifest.version} in package.json.`);
  }
  const { private: _, ...others } = manifest;
  const address = `${server}/${repository}`;
  return {
    ...others,
    version: manifest.version,
    repository: { type: 'git', url: `git+${address}.git` },
    bugs: { url: `${address}/issues` },
    homepage: `${address}#readme`,
  };
}

if (process.argv[1] === import.meta.filename) {
  const path = join(import.meta.dirname, '..', 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  writeFileSync(path, `${JSON.stringify(releaseManifest(manifest, process.env), undefined, 2)}\n`);
}
