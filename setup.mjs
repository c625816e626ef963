// Installs the locked dependencies when they are missing or older than the lock file, so that every
// script works on a fresh clone. Runs on the system's own Node (20 or newer).
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.log('Installing dependencies (npm ci) …');
  const npm = process.env.npm_execpath;
  const { status } = npm
    ? spawnSync(process.execPath, [npm, 'ci'], { stdio: 'inherit' })
    : spawnSync('npm', ['ci'], { stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(status ?? 1);
}
