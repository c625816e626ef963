import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Manifest, releaseManifest } from '../.github/release-manifest.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const ENVIRONMENT = {
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'someone/background-jobs',
  GITHUB_REF_NAME: `v${manifest.version}`,
};

test('a release gets the addresses of the repository that its workflow runs in', () => {
  const released = releaseManifest(manifest, ENVIRONMENT);
  assert.deepEqual(released.repository, {
    type: 'git',
    url: 'git+https://github.example/someone/background-jobs.git',
  });
  assert.deepEqual(released.bugs, { url: 'https://github.example/someone/background-jobs/issues' });
  assert.equal(released.homepage, 'https://github.example/someone/background-jobs#readme');
  assert.equal(released.contributes, manifest.contributes);
});

test('the package can be published only as a release', () => {
  assert.equal(manifest.private, true);
  for (const field of ['repository', 'bugs', 'homepage']) assert.equal(manifest[field], undefined);
  assert.equal('private' in releaseManifest(manifest, ENVIRONMENT), false);
});

test('a release is refused without a repository, or with a tag of another version', () => {
  assert.throws(() => releaseManifest(manifest, {}), /GITHUB_REPOSITORY is not set/);
  const { GITHUB_REPOSITORY: _, ...others } = ENVIRONMENT;
  assert.throws(() => releaseManifest(manifest, others), /GITHUB_REPOSITORY is not set/);
  assert.throws(
    () => releaseManifest(manifest, { ...ENVIRONMENT, GITHUB_REF_NAME: 'v9.9.9' }),
    /tag v9\.9\.9 does not match/,
  );
});
